/** The steps of a random walk. Each is drawn once, and then taken on either side with the same arguments. */
import {
  chmodSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { SeededRandom } from '../../seeded-random.js';
import { copyFileRange, fallocate, renameat2, utimens } from '../../sidecar/mounted/libc/files.js';
import { map } from '../../sidecar/mounted/libc/memory.js';
import { getXattr, listXattrs, removeXattr, setXattr } from '../../sidecar/mounted/libc/xattrs.js';
import { facts, factsOf } from '../observe.js';
import type { Side } from './side.js';

export interface Step {
  readonly what: string;
  /** What can be seen of it; throws what the call throws. */
  take(side: Side): unknown;
}

type Draw = (random: SeededRandom) => Step;

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants;
const openFlags = [
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  O_RDWR,
  O_CREAT | O_RDWR,
  O_CREAT | O_RDWR,
  O_CREAT | O_EXCL | O_RDWR,
  O_TRUNC | O_RDWR,
  O_CREAT | O_APPEND | O_RDWR,
];
const descriptors = 8;
const largestFile = 300_000;

/** How often each step is drawn, and how. */
const weights: readonly (readonly [weight: number, draw: Draw])[] = [
  [10, named('open', openFlags, (side, { name, place, extra }) => side.open(place, name, extra))],
  [4, descriptor('close', (side, { place }) => side.close(place))],
  [
    14,
    data('write', (side, { place, bytes, offset }) =>
      writeSync(side.fd(place), bytes, 0, bytes.length, offset),
    ),
  ],
  [4, data('append', (side, { place, bytes }) => writeSync(side.fd(place), bytes))],
  [14, data('read', (side, { place, bytes, offset }) => read(side.fd(place), bytes.length, offset))],
  [4, data('ftruncate', (side, { place, offset }) => ftruncateSync(side.fd(place), offset))],
  [2, descriptor('fsync', (side, { place }) => fsyncSync(side.fd(place)))],
  [2, descriptor('fdatasync', (side, { place }) => fdatasyncSync(side.fd(place)))],
  [5, descriptor('fstat', (side, { place }) => looks(factsOf(fstatSync(side.fd(place), { bigint: true }))))],
  [
    3,
    data('fallocate', (side, { place, bytes, offset }) => fallocate(side.fd(place), 0, offset, bytes.length)),
  ],
  [3, data('punch', (side, { place, bytes, offset }) => fallocate(side.fd(place), 3, offset, bytes.length))],
  [2, data('zero', (side, { place, bytes, offset }) => fallocate(side.fd(place), 16, offset, bytes.length))],
  [
    3,
    data('copy', (side, { place, bytes, offset, other }) =>
      copyFileRange(side.fd(place), 0, side.fd(other), offset, bytes.length),
    ),
  ],
  [4, data('store', (side, { place, bytes, offset }) => store(side.fd(place), bytes, offset))],
  [3, data('write file', (side, { name, bytes }) => writeFileSync(side.path(name), bytes))],
  [6, named('read file', [0], (side, { name }) => readFileSync(side.path(name)).toString('base64'))],
  [6, named('stat', [0], (side, { name }) => looks(facts(side.path(name))))],
  [4, named('list', [0], (side, { name }) => readdirSync(side.path(name)).sort())],
  [
    3,
    named('truncate', [0, 1, 4096, 70_000], (side, { name, extra }) => truncateSync(side.path(name), extra)),
  ],
  [5, named('mkdir', [0], (side, { name }) => mkdirSync(side.path(name)))],
  [3, named('rmdir', [0], (side, { name }) => rmdirSync(side.path(name)))],
  [6, named('unlink', [0], (side, { name }) => unlinkSync(side.path(name)))],
  [5, named('rename', [0], (side, { name, second }) => renameSync(side.path(name), side.path(second)))],
  [
    3,
    named('renameat2', [1, 2], (side, { name, second, extra }) =>
      renameat2(side.path(name), side.path(second), extra),
    ),
  ],
  [3, named('link', [0], (side, { name, second }) => linkSync(side.path(name), side.path(second)))],
  [2, named('symlink', [0], (side, { name, second }) => symlinkSync(name, side.path(second)))],
  [2, named('readlink', [0], (side, { name }) => readlinkSync(side.path(name)))],
  [
    2,
    named('chmod', [0o600, 0o644, 0o755, 0o4711], (side, { name, extra }) =>
      chmodSync(side.path(name), extra),
    ),
  ],
  [
    2,
    named('utimens', [0, 1, 999_999_999], (side, { name, extra }) =>
      utimens(side.path(name), BigInt(extra), 'omit'),
    ),
  ],
  [
    2,
    named('setxattr', [1, 50, 900], (side, { name, extra }) =>
      setXattr(side.path(name), `user.${extra}`, Buffer.alloc(extra, 'x')),
    ),
  ],
  [
    2,
    named(
      'getxattr',
      [1, 50, 900],
      (side, { name, extra }) => getXattr(side.path(name), `user.${extra}`).length,
    ),
  ],
  [
    1,
    named('removexattr', [1, 50, 900], (side, { name, extra }) =>
      removeXattr(side.path(name), `user.${extra}`),
    ),
  ],
  [1, named('listxattr', [0], (side, { name }) => listXattrs(side.path(name)))],
];

const drawers = weights.flatMap(([weight, draw]) => Array<Draw>(weight).fill(draw));

export function drawStep(random: SeededRandom): Step {
  return random.one(drawers)(random);
}

interface Named {
  readonly name: string;
  readonly second: string;
  readonly place: number;
  readonly extra: number;
}

function named(what: string, extras: readonly number[], take: (side: Side, drawn: Named) => unknown): Draw {
  return (random) => {
    const drawn = {
      name: name(random),
      second: name(random),
      place: random.integer(descriptors),
      extra: random.one(extras),
    };
    return { what: `${what} ${JSON.stringify(drawn)}`, take: (side) => take(side, drawn) };
  };
}

function descriptor(what: string, take: (side: Side, drawn: { readonly place: number }) => unknown): Draw {
  return (random) => {
    const drawn = { place: random.integer(descriptors) };
    return { what: `${what} ${drawn.place}`, take: (side) => take(side, drawn) };
  };
}

interface Data {
  readonly name: string;
  readonly place: number;
  readonly other: number;
  readonly bytes: Buffer;
  readonly offset: number;
}

function data(what: string, take: (side: Side, drawn: Data) => unknown): Draw {
  return (random) => {
    const bytes = random.bytes(random.chance(0.2) ? random.integer(70_000) + 1 : random.integer(5000) + 1);
    const offset = random.integer(random.chance(0.5) ? 10_000 : largestFile);
    const drawn = {
      name: name(random),
      place: random.integer(descriptors),
      other: random.integer(descriptors),
      bytes,
      offset,
    };
    const { place, other } = drawn;
    return {
      what: `${what} ${JSON.stringify({ ...drawn, place, other, bytes: bytes.length })}`,
      take: (side) => take(side, drawn),
    };
  };
}

/** Few names, so that steps meet each other. */
function name(random: SeededRandom): string {
  const depth = 1 + random.integer(3);
  return Array.from({ length: depth }, (_, level) => `${random.one(['a', 'b', 'c'])}${level}`).join('/');
}

function read(fd: number, length: number, offset: number): string {
  const into = Buffer.alloc(length);
  return into.toString('base64', 0, readSync(fd, into, 0, length, offset));
}

/** Never behind the end of the file: that is SIGBUS. */
function store(fd: number, bytes: Buffer, offset: number): void {
  const { size } = fstatSync(fd);
  const fitting = bytes.subarray(0, Math.max(0, size - offset));
  if (fitting.length === 0) return;
  const memory = map(fd, { length: size, shared: true, writable: true });
  try {
    memory.store(offset, fitting);
    memory.sync();
  } finally {
    memory.unmap();
  }
}

/** How many blocks a file takes is the affair of the file system beneath and of the moment, and so is a directory's size. */
function looks({ blocks: _, ...rest }: ReturnType<typeof facts>): unknown {
  return rest.type === '40000' ? { ...rest, size: 0n } : rest;
}
