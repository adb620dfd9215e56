/** Names of errors: `EIO`; a second name of the same error is read as its first. */

import { nearest } from '../../core/nearest.js';
import { type ErrnoName, errnoAliases, errnoNames, isErrnoName } from '../errno.js';
import { accepted, flawed, type Reading, type Syntax, suggest } from '../grammar/syntax.js';

export const errnoName: Syntax<ErrnoName> = {
  expected: 'the name of an error such as EIO',
  read: readErrnoName,
  write: String,
};

function readErrnoName(text: string): Reading<ErrnoName> {
  if (isErrnoName(text)) return accepted(text);
  const alias = errnoAliases.get(text);
  if (alias !== undefined) return accepted(alias);
  const upper = text.toUpperCase();
  if (upper === 'ENOSYS') return flawed('refused-errno', latches, { nearest: 'EOPNOTSUPP' });
  const name = errnoAliases.get(upper) ?? nearest(upper, errnoNames);
  return flawed('unknown-errno', `"${text}" is not an error of Linux`, {
    allowed: errnoNames,
    ...suggest(name),
  });
}

const latches =
  'ENOSYS cannot be injected: from it the kernel learns that the operation does not exist, and never asks again';
