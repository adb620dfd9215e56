/**
 * Files that share a process: to start one, and to load what all of them test, takes longer than most of them do.
 *
 *     dist/test/faults/parse.test.js ──┐
 *     dist/test/faults/decide.test.js ─┴─► dist/test-groups/faults.js ─► one process
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Of `test/`: their files change nothing of the process, and set no hook outside a suite. */
export const sharedFolders = [
  'cli/inject',
  'core',
  'dev/bench',
  'dev/jobs',
  'experiment/engine',
  'experiment/file',
  'experiment/report',
  'faults',
  'kube',
  'manifests',
  'sidecar/control',
  'sidecar/disk',
  'sidecar/mounted/effects',
  'sidecar/registry',
  'sidecar/tcp',
  'webhook',
] as const;

/** What measures its own time or memory, which others in the process would change. */
const measuring = /\b(costOf|cpuUsage|slowdown|performance\.now|memoryUsage|heapUsed)\b/;

/**
 * What starts sidecars and databases takes longest: those begin first, so that none is left to play alone at the end. Such
 * a file says what it needs, or calls what does.
 */
const needing = /\b(needs|skip)\b|^(?!(test|describe|suite)\b)\w+\(/m;

const groupsFolder = join('dist', 'test-groups');

/** The same files, in the order in which they are to begin; one that loads them stands for those that share a process. */
export function grouped(files: readonly string[]): readonly string[] {
  rmSync(groupsFolder, { recursive: true, force: true });
  mkdirSync(groupsFolder, { recursive: true });
  const groups = sharedFolders.map((folder) => {
    const prefix = join('dist', 'test', folder, '/');
    const isOfGroup = (file: string): boolean => file.startsWith(prefix) && !measures(file);
    return { name: folder.replaceAll('/', '-'), files: files.filter(isOfGroup) };
  });
  const shared = groups.filter((group) => group.files.length > 1);
  const inGroups = new Set(shared.flatMap((group) => group.files));
  const alone = files.filter((file) => !inGroups.has(file));
  return [
    ...shared.map(written),
    ...alone.filter((file) => says(file, needing)),
    ...alone.filter((file) => !says(file, needing)),
  ];
}

const measures = (file: string): boolean => says(file, measuring);
const says = (file: string, pattern: RegExp): boolean => pattern.test(readFileSync(file, 'utf8'));

function written({ name, files }: { readonly name: string; readonly files: readonly string[] }): string {
  const path = join(groupsFolder, `${name}.js`);
  const lines = files.map((file) => `import ${JSON.stringify(relative(groupsFolder, file))};\n`);
  writeFileSync(path, lines.join(''));
  return path;
}
