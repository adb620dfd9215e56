/** The compiled test of each test in the sources: what dist/ still holds of deleted ones is left alone. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface TestFiles {
  readonly together: readonly string[];
  /** End-to-end, those that need the machine to themselves: they measure time, or kill and load for a minute. */
  readonly alone: readonly string[];
  /**
   * End-to-end, on servers that they start themselves, or on none: the cluster that the others share is not touched. Soaks,
   * too: what `npm test` does in short, for as long as it takes to find what is rare; and what needs a browser.
   */
  readonly besideCluster: readonly string[];
  /** End-to-end, on one whole cluster: each in a namespace of its own, and none is in another's way. */
  readonly cluster: readonly string[];
  /** End-to-end, those of which the whole cluster feels something: one at a time, and no other on it. */
  readonly clusterWide: readonly string[];
  /** End-to-end, on the cluster, those that need the machine to themselves. */
  readonly clusterAlone: readonly string[];
}

const ofEachNight = /\.nightly\.test\.ts$/;
const besideCluster = ['test/e2e/api-server/', 'test/e2e/cluster/', 'test/e2e/image/'];

/**
 * From the folder of package.json. No prefixes: all, but for those of each night, which take too long for each change.
 * `nightly`: those, and no others.
 */
export function testFiles(prefixes: readonly string[], { nightly = false } = {}): TestFiles {
  const files: Record<keyof TestFiles, string[]> = {
    together: [],
    alone: [],
    besideCluster: [],
    cluster: [],
    clusterWide: [],
    clusterAlone: [],
  };
  const sources = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .map((path) => join('test', path))
    .filter((path) => path.endsWith('.test.ts') && isChosen(path, prefixes, nightly));
  for (const path of sources.sort()) files[lotOf(path)].push(compiled(path));
  return files;
}

function isChosen(path: string, prefixes: readonly string[], nightly: boolean): boolean {
  const isNamed = prefixes.some((prefix) => path.startsWith(prefix));
  if (nightly) return ofEachNight.test(path) && (isNamed || prefixes.length === 0);
  return prefixes.length === 0 ? !ofEachNight.test(path) : isNamed;
}

function lotOf(named: string): keyof TestFiles {
  const path = named.replace(ofEachNight, '.test.ts');
  const isAlone = path.startsWith('test/sidecar/death/') || path.endsWith('.alone.test.ts');
  if (path.endsWith('.soak.test.ts')) return 'besideCluster';
  if (!path.startsWith('test/e2e/')) return isAlone ? 'alone' : 'together';
  if (isAlone) return 'clusterAlone';
  if (besideCluster.some((folder) => path.startsWith(folder))) return 'besideCluster';
  return path.endsWith('.cluster-wide.test.ts') ? 'clusterWide' : 'cluster';
}

function compiled(source: string): string {
  return join('dist', source.replace(/\.ts$/, '.js'));
}
