/**
 * Whether what lies at a name is the very thing that we made there. Whoever reaches the volume in a second way may have
 * put another into its place meanwhile, and must not get that.
 */

import { S_IFDIR } from '../../linux/constants.js';
import type { Volume } from '../volume.js';
import { type FileStat, statx } from '../wire/attributes.js';
import type { Exchange } from '../wire/exchange.js';

/** When a request began to be carried out: [seconds, milliseconds], kept with its intent. */
export type Since = readonly [seconds: number, milliseconds: number];

/** A file's times are those of the kernel's last tick. */
const tickMs = 20;

export function now(): Since {
  const ms = Date.now() - tickMs;
  return [Math.floor(ms / 1000), ms % 1000];
}

export interface Made {
  readonly request: Exchange;
  readonly since: Since;
  /** S_IFMT's bits. */
  readonly type: number;
}

/** It is of the type, the caller's or our own, has one name, and is not older, where the file system tells that. */
export function isMade(volume: Volume, stat: FileStat, { request, since, type }: Made): boolean {
  if (stat.type !== type || (stat.uid !== request.uid && stat.uid !== volume.caller.own)) return false;
  if (stat.nlink > (type === S_IFDIR ? 2 : 1)) return false;
  if (!volume.inodes.identity.tellsBirth(stat)) return true;
  const [seconds, milliseconds] = since;
  const birth = stat.word(statx.btime);
  return birth > seconds || (birth === seconds && stat.word(statx.btime + 8) / 1e6 >= milliseconds);
}
