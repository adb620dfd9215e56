/** The compiled test of each test in the sources: what dist/ still holds of deleted ones is left alone. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface TestFiles {
  readonly together: readonly string[];
  /** Those that need the machine to themselves: they measure time, or kill and load for a minute. */
  readonly alone: readonly string[];
  /** Those that play on a cluster. */
  readonly scenes: readonly string[];
}

/** From the folder of package.json. No prefixes: all. */
export function testFiles(prefixes: readonly string[]): TestFiles {
  const sources = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((path) => join('test', path))
    .filter((path) => path.endsWith('.test.ts') && isChosen(path, prefixes))
    .sort();
  return {
    together: sources.filter((path) => !isAlone(path) && !isScene(path)).map(compiled),
    alone: sources.filter(isAlone).map(compiled),
    scenes: sources.filter(isScene).map(compiled),
  };
}

function isChosen(path: string, prefixes: readonly string[]): boolean {
  return prefixes.length === 0 || prefixes.some((prefix) => path.startsWith(prefix));
}

function isAlone(path: string): boolean {
  return path.startsWith('test/death/') || path.endsWith('.alone.test.ts');
}

function isScene(path: string): boolean {
  return path.startsWith('test/scenes/');
}

function compiled(source: string): string {
  return join('dist', source.replace(/\.ts$/, '.js'));
}
