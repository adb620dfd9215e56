/**
 * The kernel sends none of these. Should anything else ever speak to the session, it answers that there is no
 * such thing, and reaches nothing beyond its volume, nor beyond its memory.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { OpenedVolume } from './opened-volume.js';
import {
  ask,
  handleOf,
  lookUp,
  names,
  nodeidOf,
  openFile,
  readFrame,
  request,
  root,
  u32,
  u64,
  writeFrame,
} from './request.js';

const { EINVAL, ENAMETOOLONG, EBADF, ESTALE, ENOSYS } = constants.errno;

/** Every request that carries a name, made with the one given. */
const withName = (name: string): readonly (readonly [title: string, frame: Buffer])[] => [
  ['LOOKUP', request('LOOKUP', {}, names(name))],
  ['MKNOD', request('MKNOD', {}, u32(0o100644, 0, 0, 0), names(name))],
  ['MKDIR', request('MKDIR', {}, u32(0o755, 0), names(name))],
  ['UNLINK', request('UNLINK', {}, names(name))],
  ['RMDIR', request('RMDIR', {}, names(name))],
  ['SYMLINK', request('SYMLINK', {}, names(name, 'target'))],
  ['LINK', request('LINK', {}, u64(root), names(name))],
  ['RENAME from', request('RENAME', {}, u64(root), names(name, 'new'))],
  ['RENAME to', request('RENAME', {}, u64(root), names('inside', name))],
  ['RENAME2 to', request('RENAME2', {}, u64(root), u32(0, 0), names('inside', name))],
  ['CREATE', request('CREATE', {}, u32(2, 0o644, 0, 0), names(name))],
];

for (const name of ['..', '.', '', '../outside', 'inside/../../outside', '/etc']) {
  test(`the name ${JSON.stringify(name)} leads nowhere`, (t) => {
    const volume = OpenedVolume.open(t);
    mkdirSync(volume.path('inside'));
    mkdirSync(join(volume.directory, '..', 'outside'));
    for (const [title, frame] of withName(name)) assert.equal(ask(volume, frame).error, -EINVAL, title);
    assert.deepEqual(readdirSync(join(volume.directory, '..')), ['outside', 'volume']);
    assert.deepEqual(volume.crashes, []);
  });
}

test('a name of 256 bytes is too long, and 255 are not', (t) => {
  const volume = OpenedVolume.open(t);
  for (const [title, frame] of withName('n'.repeat(256))) {
    assert.equal(ask(volume, frame).error, -ENAMETOOLONG, title);
  }
  assert.equal(ask(volume, request('MKDIR', {}, u32(0o755, 0), names('n'.repeat(255)))).error, 0);
});

test('a name that does not end within its request is none, whatever lies behind it', (t) => {
  const volume = OpenedVolume.open(t);
  mkdirSync(volume.path('inside'));
  lookUp(volume, 'inside-and-a-long-tail-to-be-left-in-the-buffer');
  for (const [title, frame] of withName('inside')) {
    const cut = frame.subarray(0, frame.length - 1);
    cut.writeUInt32LE(cut.length, 0);
    assert.equal(ask(volume, cut).error, -EINVAL, title);
  }
});

test('a symbolic link without a target, or with one that does not end, is none', (t) => {
  const volume = OpenedVolume.open(t);
  for (const rest of [names('l'), Buffer.from('l\0unended')]) {
    assert.equal(ask(volume, request('SYMLINK', {}, rest)).error, -EINVAL);
  }
  assert.deepEqual(readdirSync(volume.directory), []);
});

test('an attribute of which less came than it says is not set', (t) => {
  const volume = OpenedVolume.open(t);
  const set = (size: number): number =>
    ask(volume, request('SETXATTR', {}, u32(size, 0, 0, 0), names('user.a'), Buffer.from('value'))).error;
  assert.equal(set(6), -EINVAL);
  assert.equal(set(2 ** 32 - 1), -EINVAL);
});

const wild = [0, 2, 65_535, 65_536, 0x7fff_ffff, 0xffff_ffff, 2 ** 40, 2 ** 53, 2n ** 64n - 1n] as const;

test('an inode that was never given out is stale', (t) => {
  const volume = OpenedVolume.open(t);
  for (const nodeid of wild) {
    const header = { nodeid };
    for (const frame of [
      request('GETATTR', header, u32(0, 0), u64(0)),
      request('SETATTR', header, Buffer.alloc(88)),
      request('LOOKUP', header, names('a')),
      request('MKDIR', header, u32(0, 0), names('a')),
      request('OPEN', header, u32(0, 0)),
      request('OPENDIR', header, u32(0, 0)),
      request('READLINK', header),
      request('GETXATTR', header, u32(0, 0), names('user.a')),
      request('LINK', {}, u64(nodeid), names('a')),
      request('RENAME', {}, u64(nodeid), names('a', 'b')),
    ]) {
      assert.equal(ask(volume, frame).error, -ESTALE, `${frame.readUInt32LE(4)} on ${nodeid}`);
    }
    assert.equal(volume.serve(request('FORGET', header, u64(1))), null);
  }
  assert.deepEqual(volume.crashes, []);
});

test('a handle that was never given out is a bad descriptor', (t) => {
  const volume = OpenedVolume.open(t);
  for (const fh of wild) {
    for (const frame of [
      request('READ', {}, u64(fh, 0), u32(1, 0), u64(0), u32(0, 0)),
      request('WRITE', {}, u64(fh, 0), u32(1, 0), u64(0), u32(0, 0), Buffer.from('x')),
      request('READDIR', {}, u64(fh, 0), u32(512, 0), u64(0), u32(0, 0)),
      request('FSYNC', {}, u64(fh), u32(0, 0)),
      request('FALLOCATE', {}, u64(fh, 0, 1), u32(0, 0)),
      request('LSEEK', {}, u64(fh, 0), u32(3, 0)),
      request('COPY_FILE_RANGE', {}, u64(fh, 0, 1, fh, 0, 1, 0)),
    ]) {
      assert.equal(ask(volume, frame).error, -EBADF, `${frame.readUInt32LE(4)} on ${fh}`);
    }
    assert.equal(ask(volume, request('RELEASE', {}, u64(fh), u32(0, 0), u64(0))).error, 0);
  }
  assert.deepEqual(volume.crashes, []);
});

test('a request is as long as what came, whatever its header says', (t) => {
  const volume = OpenedVolume.open(t);
  writeFileSync(volume.path('file'), 'before');
  const file = nodeidOf(lookUp(volume, 'file'));
  const fh = handleOf(openFile(volume, file, 1));
  const lying = writeFrame(file, fh, 0, Buffer.from('after!'));
  lying.writeUInt32LE(2 ** 20, 56);
  lying.writeUInt32LE(2 ** 32 - 1, 0);
  assert.equal(ask(volume, lying).error, -EINVAL);
  const forgets = request('BATCH_FORGET', { nodeid: 0 }, u32(2 ** 32 - 1, 0), u64(file, 1));
  forgets.writeUInt32LE(2 ** 32 - 1, 0);
  assert.equal(volume.serve(forgets), null);
  assert.equal(readFileSync(volume.path('file'), 'utf8'), 'before');
});

test('what is shorter than a header has nobody to answer', (t) => {
  const volume = OpenedVolume.open(t);
  const whole = request('GETATTR', {}, u32(0, 0), u64(0));
  for (let length = 0; length < 40; length++) assert.equal(volume.serve(whole.subarray(0, length)), null);
  assert.equal(ask(volume, whole.subarray(0, 40)).error, -EINVAL);
});

test('what nobody knows is not implemented', (t) => {
  const volume = OpenedVolume.open(t);
  for (const unknown of [0, 7, 19, 41, 48, 54, 127, 4096, 2 ** 31, 2 ** 32 - 1]) {
    assert.equal(ask(volume, request(unknown, {})).error, -ENOSYS);
  }
});

test('a read of more than a reply holds gets what a reply holds', (t) => {
  const volume = OpenedVolume.open(t);
  writeFileSync(volume.path('file'), Buffer.alloc(3 * 2 ** 20));
  const file = nodeidOf(lookUp(volume, 'file'));
  const fh = handleOf(openFile(volume, file, 0));
  assert.equal(ask(volume, readFrame(file, fh, 0, 2 ** 32 - 1)).payload.length, 2 ** 20);
});

test('a directory that is open is not listed under a number that was never given out', (t) => {
  const volume = OpenedVolume.open(t);
  const handle = handleOf(ask(volume, request('OPENDIR', {}, u32(0, 0))));
  for (const name of ['READDIR', 'READDIRPLUS'] as const) {
    const listing = [u64(handle), u64(0), u32(4096, 0), u64(0), u32(0, 0)];
    assert.equal(ask(volume, request(name, { nodeid: 0xfff_ffff }, ...listing)).error, -ESTALE, name);
  }
  assert.deepEqual(volume.crashes, []);
});
