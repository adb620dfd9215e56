/** Where exec would find a program, so that a misspelt COMMAND shows before anything is mounted. */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { allows, pathState } from './path-state.js';

export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-executable'; readonly path: string };

/** As execvp(3): a name with a slash is a path, any other is sought along PATH. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): FoundProgram {
  const folders = name.includes('/')
    ? ['']
    : (env['PATH'] ?? '/usr/bin:/bin').split(':').map((folder) => folder || '.');
  const files = folders.map((folder) => join(folder, name)).filter((path) => pathState(path) === 'file');
  const path = files.find((path) => allows(path, constants.X_OK));
  if (path !== undefined) return { kind: 'found', path };
  const [file] = files;
  return file === undefined ? { kind: 'not-found' } : { kind: 'not-executable', path: file };
}
