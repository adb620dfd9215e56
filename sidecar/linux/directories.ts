/** mkdir(2) that looks at nothing: where a dead mount is, or one that nobody serves yet, looking fails or waits. */
import { HavocError } from '../../core/havoc-error.js';
import { AT_FDCWD } from './constants.js';
import { EEXIST, errnoName } from './errno.js';
import { errno, libc } from './libc.js';
import { cString } from './memory.js';

/** Makes the directory, unless something has the name already. */
export function mkdirAt(path: string): void {
  if (libc.mkdirat(AT_FDCWD, cString(path), 0o755) === 0 || errno() === EEXIST) return;
  throw new HavocError('sidecar.no-directory', `cannot make the directory ${path}: ${errnoName(errno())}`);
}
