/** Why a file could not be made that was to be a new one, for whoever named it. */
import { messageOf } from '../core/havoc-error.js';

export function newFileProblem(error: unknown): string {
  const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
  return isThere ? 'is there already; expected a new file' : messageOf(error);
}
