/**
 * Files that share a process: to start one, and to load what all of them test, takes longer than most of them do.
 *
 *     dist/test/faults/parse.test.js ──┐
 *     dist/test/faults/decide.test.js ─┴─► dist/test-groups/faults.js ─► one process
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
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

const groupsFolder = join('dist', 'test-groups');

/** The same files; one that loads them stands for those that share a process. */
export function grouped(files: readonly string[]): readonly string[] {
  rmSync(groupsFolder, { recursive: true, force: true });
  mkdirSync(groupsFolder, { recursive: true });
  const groups = sharedFolders.map((folder) => {
    const prefix = join('dist', 'test', folder, '/');
    return { name: folder.replaceAll('/', '-'), files: files.filter((file) => file.startsWith(prefix)) };
  });
  const shared = groups.filter((group) => group.files.length > 1);
  const inGroups = new Set(shared.flatMap((group) => group.files));
  return [...shared.map(written), ...files.filter((file) => !inGroups.has(file))];
}

function written({ name, files }: { readonly name: string; readonly files: readonly string[] }): string {
  const path = join(groupsFolder, `${name}.js`);
  const lines = files.map((file) => `import ${JSON.stringify(relative(groupsFolder, file))};\n`);
  writeFileSync(path, lines.join(''));
  return path;
}
