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
  'faults',
  'kube',
  'manifests',
  'sidecar/control',
  'sidecar/disk',
  'sidecar/registry',
  'sidecar/tcp',
  'webhook',
] as const;

/** What measures its own time or memory, which others in the process would change. */
const measuring = /\b(costOf|cpuUsage|slowdown|performance\.now|memoryUsage|heapUsed)\b/;

const groupsFolder = join('dist', 'test-groups');

/** The same files; one that loads them stands for those that share a process. */
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
  return [...shared.map(written), ...files.filter((file) => !inGroups.has(file))];
}

const measures = (file: string): boolean => measuring.test(readFileSync(file, 'utf8'));

function written({ name, files }: { readonly name: string; readonly files: readonly string[] }): string {
  const path = join(groupsFolder, `${name}.js`);
  const lines = files.map((file) => `import ${JSON.stringify(relative(groupsFolder, file))};\n`);
  writeFileSync(path, lines.join(''));
  return path;
}
