/** Directories that only their owner may enter, and what they keep from PostgreSQL's user. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { User } from '../../programs/run.js';

const readAndEnter = 0o005;

/** `path`, or the nearest above it that is open: some systems give root a temporary directory of its own. */
export const openPlace = (user: User, path: string): string =>
  isOpenTo(user, path) || path === dirname(path) ? path : openPlace(user, dirname(path));

/** May this user go all the way to `path`, and read it? Asked of what everybody may: a caution, not a proof. */
export function isOpenTo(user: User, path: string): boolean {
  if (user.uid === process.getuid?.()) return true;
  const parent = dirname(path);
  return (statSync(path).mode & readAndEnter) === readAndEnter && (parent === path || isOpenTo(user, parent));
}
