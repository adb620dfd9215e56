/** What is at a path, and what this user may do with it, as values: whatever keeps one from looking is an answer too. */
import { accessSync, statSync } from 'node:fs';

/** Or the code of what keeps one from looking, as `ENOENT`. */
export type PathState = 'directory' | 'file' | 'other' | `E${string}`;

export function pathState(path: string): PathState {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return 'directory';
    return stats.isFile() ? 'file' : 'other';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return `E${code.replace(/^E/, '')}`;
  }
}

/** `mode` is of `fs.constants`: R_OK, W_OK, X_OK. */
export function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
