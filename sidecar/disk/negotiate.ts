/** INIT, the first request of a mount, which the kernel sends once: what both sides can do. */
import { HavocError } from '../../core/havoc-error.js';
import { newExchange, readRequest, waitForRequest, writeReply } from './device.js';
import { agreed } from './state/agreed.js';
import { field, type VolumeState } from './state/volume-state.js';
import { type Feature, feature } from './wire/flags.js';
import { opcode } from './wire/opcodes.js';
import { initOutBytes, maxPages, maxWriteBytes } from './wire/sizes.js';

const ours = { major: 7, minor: 45 } as const;

/** What each is for: docs/reference/fuse.md. */
const wanted: readonly Feature[] = [
  'ASYNC_READ',
  'ATOMIC_O_TRUNC',
  'BIG_WRITES',
  'DONT_MASK',
  'DO_READDIRPLUS',
  'ASYNC_DIO',
  'PARALLEL_DIROPS',
  'POSIX_ACL',
  'ABORT_ERROR',
  'MAX_PAGES',
  'CACHE_SYMLINKS',
  'EXPLICIT_INVAL_DATA',
  'HANDLE_KILLPRIV_V2',
  'SETXATTR_EXT',
  'INIT_EXT',
  'DIRECT_IO_ALLOW_MMAP',
  'HAS_RESEND',
];

/** Background requests (readahead, asynchronous I/O) the kernel has under way at once; waiting ones count. */
const maxBackground = 4096;

/** The kernel sends INIT with the mount. */
const initMs = 5000;

/** Answers INIT and notes what was agreed in the state. */
export function negotiate(deviceFd: number, state: VolumeState): void {
  const request = newExchange();
  if (!waitForRequest(deviceFd, initMs))
    throw new HavocError(
      'fuse.not-negotiated',
      'the kernel asked nothing: the mount is of a fault proxy that died at its start',
    );
  if (!readRequest(deviceFd, request))
    throw new HavocError('disk.unmounted', 'the volume was unmounted before it was served');
  if (request.opcode !== opcode.INIT)
    throw new HavocError('fuse.not-negotiated', `the kernel began with ${request.opcode} and not with INIT`);
  if (request.u32(0) !== ours.major)
    throw new HavocError(
      'fuse.not-negotiated',
      `the kernel speaks FUSE ${request.u32(0)}, not ${ours.major}`,
    );
  const minor = Math.min(request.u32(4), ours.minor);
  const offered = [request.u32(12), request.u32(16)] as const;
  const features = agree(offered);

  request.clearPayload(initOutBytes);
  request.set32(0, ours.major);
  request.set32(4, minor);
  request.set32(8, request.u32(8));
  request.set32(12, features[0]);
  request.set32(16, maxBackground | ((maxBackground * 0.75) << 16));
  request.set32(20, maxWriteBytes);
  request.set32(24, 1);
  request.set32(28, maxPages);
  request.set32(32, features[1]);
  writeReply(deviceFd, request, request.seal(initOutBytes));

  state.header[field.minor] = minor;
  state.header[field.flags] = features[0] | 0;
  state.header[field.flags2] = features[1] | 0;
  state.header[field.initDone] = 1;
}

function agree(offered: readonly [number, number]): [number, number] {
  const features: [number, number] = [0, 0];
  for (const name of wanted) {
    const word = feature[name] < 32 ? 0 : 1;
    const bit = (1 << (feature[name] & 31)) >>> 0;
    if ((offered[word] & bit) !== 0) features[word] = (features[word] | bit) >>> 0;
  }
  return features;
}

/** The features in use, by the kernel's names. */
export const agreedFeatures = (state: VolumeState): Feature[] => wanted.filter((name) => agreed(state, name));

export const protocolOf = (state: VolumeState): string => `${ours.major}.${state.header[field.minor] ?? 0}`;

export const canResend = (state: VolumeState): boolean => agreed(state, 'HAS_RESEND');
