/** Turns a request into one that nobody would send. */
import { opcode } from '../../../../sidecar/disk/wire/opcodes.js';
import type { SeededRandom } from '../../../seeded-random.js';

type Mutation = (frame: Buffer, random: SeededRandom) => Buffer;

const extremes = [
  0n,
  1n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 40n,
  1n << 53n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
];
/** Relative, so that whatever they reach lies beside the volume. */
const nasty = [
  '..',
  '.',
  '',
  '/',
  '../sentinel',
  '../sentinel/file',
  '../sentinel/made',
  '../made',
  'sub/../../sentinel/sub/file',
  'sub/made',
  'x'.repeat(300),
  '\0',
];
const firstArgument = 40;

const flipBits: Mutation = (frame, random) => {
  for (let flips = 1 + random.integer(8); flips > 0; flips--) {
    const at = random.integer(frame.length);
    frame[at] = (frame[at] ?? 0) ^ (1 << random.integer(8));
  }
  return frame;
};

/** Its header still says how long it was. */
const truncate: Mutation = (frame, random) => frame.subarray(0, random.integer(frame.length + 1));

const shorten: Mutation = (frame, random) => ownLength(truncate(frame, random));

const extend: Mutation = (frame, random) =>
  ownLength(Buffer.concat([frame, random.bytes(random.one([1, 8, 5000]))]));

const lieAboutLength: Mutation = (frame, random) => put(frame, 0, 4, random.one(extremes));

const exaggerate: Mutation = (frame, random) => {
  const words = Math.floor((frame.length - firstArgument) / 4);
  if (words < 1) return frame;
  return put(frame, firstArgument + 4 * random.integer(words), random.one([4, 8]), random.one(extremes));
};

const otherOpcode: Mutation = (frame, random) =>
  put(frame, 4, 4, random.chance(0.9) ? BigInt(random.integer(60)) : random.one(extremes));

const otherNode: Mutation = (frame, random) =>
  put(frame, 16, 8, random.chance(0.5) ? BigInt(random.integer(200)) : random.one(extremes));

const otherHandle: Mutation = (frame, random) =>
  frame.length < firstArgument + 8
    ? frame
    : put(frame, firstArgument, 8, random.chance(0.5) ? BigInt(random.integer(100)) : random.one(extremes));

/** The kernel says whose request it is; these are not root, and not there. */
const otherCaller: Mutation = (frame, random) => {
  for (const at of [24, 28, 32]) put(frame, at, 4, random.one([1n, 1000n, 65_534n, 0xffff_ffffn]));
  return frame;
};

const loseNuls: Mutation = (frame) => {
  for (let at = firstArgument; at < frame.length; at++) if (frame[at] === 0) frame[at] = 0x41;
  return frame;
};

/** Wherever the last name is, another follows what was before it. */
const nastyName: Mutation = (frame, random) => {
  const end = frame.lastIndexOf(0, frame.length - 2);
  const head = frame.subarray(0, Math.max(firstArgument, end + 1));
  return ownLength(Buffer.concat([head, Buffer.from(`${random.one(nasty)}${random.one(['\0', ''])}`)]));
};

const mutations: readonly Mutation[] = [
  flipBits,
  truncate,
  shorten,
  extend,
  lieAboutLength,
  exaggerate,
  otherOpcode,
  otherNode,
  otherHandle,
  otherCaller,
  loseNuls,
  nastyName,
  nastyName,
];

export function mutate(frame: Buffer, random: SeededRandom): Buffer {
  let mutated: Buffer = Buffer.from(frame);
  for (let times = 1 + random.integer(3); times > 0 && mutated.length > 0; times--) {
    mutated = random.one(mutations)(mutated, random);
  }
  return harmless(mutated);
}

/**
 * What would harm the machine, or the cleaning up, and not the session: the kernel opens pipes and devices by
 * itself, so none is made here; no file is made immutable; who tidies up may enter every directory; and the disk is
 * not synced as a whole.
 */
function harmless(frame: Buffer): Buffer {
  if (frame.length < firstArgument) return frame;
  const or = (at: number, bits: number): void => {
    if (frame.length >= at + 4) frame.writeUInt32LE((frame.readUInt32LE(at) | bits) >>> 0, at);
  };
  switch (frame.readUInt32LE(4)) {
    case opcode.MKNOD:
      if (frame.length >= 44) frame.writeUInt32LE((frame.readUInt32LE(40) & 0o777) | 0o100700, 40);
      break;
    case opcode.MKDIR:
      or(40, 0o700);
      if (frame.length >= 48) frame.writeUInt32LE(0o022, 44);
      break;
    case opcode.SETATTR:
      or(108, 0o700);
      break;
    case opcode.IOCTL:
      if (frame.length >= 56) frame.writeUInt32LE(0x8008_6601, 52);
      break;
    case opcode.SYNCFS:
      frame.writeUInt32LE(opcode.STATFS, 4);
      break;
    default:
  }
  return frame;
}

function put(frame: Buffer, at: number, bytes: number, value: bigint): Buffer {
  const encoded = Buffer.alloc(8);
  encoded.writeBigUInt64LE(value);
  encoded.copy(frame, at, 0, Math.max(0, Math.min(bytes, frame.length - at)));
  return frame;
}

function ownLength(frame: Buffer): Buffer {
  if (frame.length >= 4) frame.writeUInt32LE(frame.length, 0);
  return frame;
}
