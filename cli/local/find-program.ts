/** Where exec would find a program, so that a misspelt COMMAND shows before anything is mounted. */
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-executable'; readonly path: string };

/** As execvp(3): a name with a slash is a path, any other is sought along PATH. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): FoundProgram {
  const folders = name.includes('/')
    ? ['']
    : (env['PATH'] ?? '/usr/bin:/bin').split(':').map((folder) => folder || '.');
  const files = folders.map((folder) => join(folder, name)).filter(isFile);
  const path = files.find(isExecutable);
  if (path !== undefined) return { kind: 'found', path };
  const [file] = files;
  return file === undefined ? { kind: 'not-found' } : { kind: 'not-executable', path: file };
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
