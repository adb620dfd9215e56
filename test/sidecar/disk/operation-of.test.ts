import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { type DiskOperation, diskVerbs } from '../../../faults/operation.js';
import { newExchange } from '../../../sidecar/disk/device.js';
import { operationOf, verbOf } from '../../../sidecar/disk/operation-of.js';
import { handlers } from '../../../sidecar/disk/passthrough/handlers.js';
import { Paths } from '../../../sidecar/disk/paths.js';
import { isUnanswered, opcode, opcodeCount } from '../../../sidecar/disk/wire/opcodes.js';
import { OpenedVolume } from './opened-volume.js';
import {
  lookUp,
  names,
  nodeidOf,
  type OpcodeName,
  readFrame,
  request,
  u32,
  u64,
  writeFrame,
} from './request.js';

const exchange = newExchange();

/** A volume with `dir/file`: inodes 2 and 3. */
function furnished(t: TestContext): OpenedVolume {
  const volume = OpenedVolume.open(t);
  mkdirSync(volume.path('dir'));
  writeFileSync(volume.path('dir', 'file'), '');
  assert.deepEqual([nodeidOf(lookUp(volume, 'dir')), nodeidOf(lookUp(volume, 'file', 2))], [2, 3]);
  return volume;
}

function told({ volume }: OpenedVolume, frame: Uint8Array): DiskOperation {
  exchange.load(frame);
  const verb = verbOf(exchange.opcode) ?? assert.fail();
  return operationOf(exchange, { volume: 'data', verb, paths: new Paths(volume.inodes) });
}

interface Telling {
  readonly frame: Buffer;
  readonly is: Partial<DiskOperation>;
}

const dir = { nodeid: 2 };
const file = { nodeid: 3 };

const tellings: readonly Telling[] = [
  { frame: request('LOOKUP', dir, names('a')), is: { verb: 'lookup', path: 'dir/a' } },
  { frame: request('LOOKUP', {}, names('a')), is: { verb: 'lookup', path: 'a' } },
  { frame: request('GETATTR', file, u32(0, 0), u64(0)), is: { verb: 'getattr', path: 'dir/file' } },
  { frame: request('GETATTR', {}, u32(0, 0), u64(0)), is: { verb: 'getattr', path: '' } },
  { frame: request('STATX', file, u64(0, 0, 0)), is: { verb: 'getattr', path: 'dir/file' } },
  {
    frame: request('SETATTR', file, Buffer.alloc(88)),
    is: { verb: 'setattr', path: 'dir/file', modifies: true },
  },
  { frame: request('READLINK', file), is: { verb: 'readlink', path: 'dir/file' } },
  {
    frame: request('SYMLINK', dir, names('a', 'to')),
    is: { verb: 'symlink', path: 'dir/a', modifies: true },
  },
  {
    frame: request('MKNOD', dir, u32(0, 0, 0, 0), names('a')),
    is: { verb: 'mknod', path: 'dir/a', modifies: true },
  },
  {
    frame: request('MKDIR', dir, u32(0, 0), names('a')),
    is: { verb: 'mkdir', path: 'dir/a', modifies: true },
  },
  { frame: request('UNLINK', dir, names('file')), is: { verb: 'unlink', path: 'dir/file', modifies: true } },
  { frame: request('RMDIR', {}, names('dir')), is: { verb: 'rmdir', path: 'dir', modifies: true } },
  {
    frame: request('RENAME', dir, u64(1), names('file', 'new')),
    is: { verb: 'rename', path: 'dir/file', otherPath: 'new', modifies: true },
  },
  {
    frame: request('RENAME2', {}, u64(2), u32(2, 0), names('dir', 'new')),
    is: { verb: 'rename', path: 'dir', otherPath: 'dir/new', modifies: true },
  },
  {
    frame: request('LINK', {}, u64(3), names('new')),
    is: { verb: 'link', path: 'new', otherPath: 'dir/file', modifies: true },
  },
  { frame: request('OPEN', file, u32(0, 0)), is: { verb: 'open', path: 'dir/file' } },
  { frame: request('OPEN', file, u32(1, 0)), is: { verb: 'open', modifies: true } },
  { frame: request('OPEN', file, u32(2, 0)), is: { verb: 'open', modifies: true } },
  { frame: request('OPEN', file, u32(0o1000, 0)), is: { verb: 'open', modifies: true } },
  { frame: request('OPEN', file, u32(0o2000, 0)), is: { verb: 'open', modifies: false } },
  {
    frame: request('CREATE', dir, u32(0o100, 0, 0, 0), names('a')),
    is: { verb: 'create', path: 'dir/a', modifies: true },
  },
  { frame: request('TMPFILE', dir, u32(2, 0, 0, 0)), is: { verb: 'tmpfile', path: 'dir', modifies: true } },
  {
    frame: readFrame(3, 1, 2 ** 40, 4096),
    is: { verb: 'read', path: 'dir/file', offset: 2 ** 40, bytes: 4096 },
  },
  {
    frame: writeFrame(3, 1, 7, Buffer.alloc(10)),
    is: { verb: 'write', path: 'dir/file', offset: 7, bytes: 10, modifies: true },
  },
  { frame: request('FLUSH', file, u64(1, 0, 0)), is: { verb: 'flush', path: 'dir/file' } },
  { frame: request('FSYNC', file, u64(1, 0)), is: { verb: 'fsync', path: 'dir/file' } },
  { frame: request('FSYNCDIR', dir, u64(1, 0)), is: { verb: 'fsyncdir', path: 'dir' } },
  { frame: request('SYNCFS', {}, u64(0)), is: { verb: 'syncfs', path: '' } },
  { frame: request('STATFS', {}), is: { verb: 'statfs', path: '' } },
  { frame: request('OPENDIR', dir, u32(0, 0)), is: { verb: 'opendir', path: 'dir' } },
  { frame: request('READDIR', dir, u64(1, 9, 0, 0, 0)), is: { verb: 'readdir', path: 'dir', offset: 0 } },
  { frame: request('READDIRPLUS', dir, u64(1, 9, 0, 0, 0)), is: { verb: 'readdir', path: 'dir' } },
  {
    frame: request('SETXATTR', file, u32(0, 0, 0, 0), names('user.a')),
    is: { verb: 'setxattr', path: 'dir/file', modifies: true },
  },
  {
    frame: request('GETXATTR', file, u32(0, 0), names('user.a')),
    is: { verb: 'getxattr', path: 'dir/file' },
  },
  { frame: request('LISTXATTR', file, u32(0, 0)), is: { verb: 'listxattr', path: 'dir/file' } },
  { frame: request('REMOVEXATTR', file, names('user.a')), is: { verb: 'removexattr', modifies: true } },
  { frame: request('ACCESS', file, u32(4, 0)), is: { verb: 'access', path: 'dir/file' } },
  {
    frame: request('FALLOCATE', file, u64(1, 0, 8192), u32(0, 0)),
    is: { verb: 'fallocate', path: 'dir/file', bytes: 8192, modifies: true },
  },
  { frame: request('LSEEK', file, u64(1, 0), u32(3, 0)), is: { verb: 'lseek', path: 'dir/file' } },
  {
    frame: request('COPY_FILE_RANGE', file, u64(1, 0, 2, 2, 0, 99, 0)),
    is: { verb: 'copy_file_range', path: 'dir/file', otherPath: 'dir', bytes: 99, modifies: true },
  },
  {
    frame: request('COPY_FILE_RANGE_64', file, u64(1, 0, 2, 2, 0, 99, 0)),
    is: { verb: 'copy_file_range', otherPath: 'dir', bytes: 99, modifies: true },
  },
];

const nameOf = (frame: Buffer): string =>
  Object.entries(opcode).find(([, number]) => number === frame.readUInt32LE(4))?.[0] ?? '';

for (const [index, { frame, is }] of tellings.entries()) {
  test(`${nameOf(frame)} (${index}) is a ${is.verb}`, (t) => {
    const usual = { plane: 'disk', volume: 'data', modifies: false, offset: 0, bytes: 0 } as const;
    const operation = told(furnished(t), frame);
    assert.deepEqual(operation, { ...usual, path: operation.path, ...is });
  });
}

test('every verb of the language is some request, and every request of somebody who waits has one', () => {
  const verbs = new Set(tellings.map(({ is }) => is.verb));
  assert.deepEqual(
    diskVerbs.filter((verb) => !verbs.has(verb)),
    [],
  );
  const silent: readonly OpcodeName[] = ['RELEASE', 'RELEASEDIR', 'IOCTL'];
  for (let op = 0; op < opcodeCount; op++) {
    if (!handlers[op] || isUnanswered(op) || silent.some((name) => opcode[name] === op)) continue;
    assert.ok(verbOf(op), `opcode ${op}`);
  }
});

test('where no fault looks at paths, none is worked out', (t) => {
  furnished(t);
  exchange.load(request('RENAME', dir, u64(1), names('file', 'new')));
  const operation = operationOf(exchange, { volume: 'data', verb: 'rename', paths: null });
  assert.deepEqual([operation.path, 'otherPath' in operation], ['', false]);
});

test('a name that is not UTF-8 stands with U+FFFD', (t) => {
  const volume = furnished(t);
  const frame = request('LOOKUP', dir, Buffer.from([0x61, 0xff, 0x62, 0]));
  assert.equal(told(volume, frame).path, 'dir/a\ufffdb');
});
