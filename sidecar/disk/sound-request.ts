/**
 * Whether a request is one that can be carried out. The kernel sends no other; but a name is handed to the file
 * system beneath as it lies in memory, and one with a slash in it, or `..`, would lead out of the volume.
 */
import { EINVAL, ENAMETOOLONG } from '../linux/errno.js';
import { argumentBytes, nameAt } from './wire/arguments.js';
import type { Exchange } from './wire/exchange.js';
import { opcode } from './wire/opcodes.js';
import { inHeaderBytes } from './wire/sizes.js';

/** What a slot of the inode table holds: NAME_MAX of Linux's own file systems. */
export const longestName = 255;

/** 0 for a sound one, else a negated errno. */
export function flawOf(request: Exchange): number {
  if (request.length < inHeaderBytes + (argumentBytes[request.opcode] ?? 0)) return -EINVAL;
  const at = nameAt[request.opcode];
  return at === undefined ? 0 : flawOfNames(request, at);
}

function flawOfNames(request: Exchange, at: number): number {
  const name = request.name(at);
  const flaw = flawOfName(request, at, name);
  if (flaw !== 0) return flaw;
  const next = at + name.length + 1;
  switch (request.opcode) {
    case opcode.RENAME:
    case opcode.RENAME2:
      return flawOfName(request, next, request.name(next));
    case opcode.SYMLINK:
      return ends(request, next, request.name(next)) ? 0 : -EINVAL;
    default:
      return 0;
  }
}

function flawOfName(request: Exchange, at: number, name: Uint8Array): number {
  if (!ends(request, at, name) || !isPlainName(name)) return -EINVAL;
  return name.length > longestName ? -ENAMETOOLONG : 0;
}

/** Does the NUL of this name lie within the request? */
const ends = (request: Exchange, at: number, name: Uint8Array): boolean =>
  inHeaderBytes + at + name.length < request.length;

const slash = 47;
const dot = 46;

/** Does it lead no further than the directory that it is looked up in? */
export const isPlainName = (name: Uint8Array): boolean =>
  name.length > 0 && !isDots(name) && !name.includes(slash);

export const isDots = (name: Uint8Array): boolean =>
  name[0] === dot && (name.length === 1 || (name.length === 2 && name[1] === dot));
