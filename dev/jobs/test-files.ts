/** The compiled test of each test in the sources: what dist/ still holds of deleted ones is left alone. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface TestFiles {
  readonly together: readonly string[];
  /** End-to-end, those that need the machine to themselves: they measure time, or kill and load for a minute. */
  readonly alone: readonly string[];
  /** End-to-end, on a real kube-apiserver each. */
  readonly apiServer: readonly string[];
  /** End-to-end, on one whole cluster. */
  readonly cluster: readonly string[];
}

/** From the folder of package.json. No prefixes: all. */
export function testFiles(prefixes: readonly string[]): TestFiles {
  const files: Record<keyof TestFiles, string[]> = { together: [], alone: [], apiServer: [], cluster: [] };
  const sources = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((path) => join('test', path))
    .filter((path) => path.endsWith('.test.ts') && isChosen(path, prefixes));
  for (const path of sources.sort()) files[lotOf(path)].push(compiled(path));
  return files;
}

function isChosen(path: string, prefixes: readonly string[]): boolean {
  return prefixes.length === 0 || prefixes.some((prefix) => path.startsWith(prefix));
}

function lotOf(path: string): keyof TestFiles {
  if (path.startsWith('test/e2e/api-server/')) return 'apiServer';
  if (path.startsWith('test/e2e/')) return 'cluster';
  const isAlone = path.startsWith('test/sidecar/death/') || path.endsWith('.alone.test.ts');
  return isAlone ? 'alone' : 'together';
}

function compiled(source: string): string {
  return join('dist', source.replace(/\.ts$/, '.js'));
}
