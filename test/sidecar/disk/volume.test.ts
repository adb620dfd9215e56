import assert from 'node:assert/strict';
import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
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
} from './request.js';

const { ESTALE } = constants.errno;
const stat = (nodeid: number): Buffer => request('GETATTR', { nodeid }, u32(0, 0), u64(0));

test('the path of a descriptor has its digits, all of them', (t) => {
  const { volume } = OpenedVolume.open(t);
  const written = (fd: number): string => {
    const start = volume.procPath(fd) - volume.scratch.address;
    const end = volume.scratch.bytes.indexOf(0, start);
    return Buffer.from(volume.scratch.bytes.subarray(start, end)).toString();
  };
  const tens = Array.from({ length: 7 }, (_, digits) => 10 ** digits);
  for (const fd of [0, ...tens, ...tens.map((ten) => ten - 1), ...tens.map((ten) => ten + 1), 524_287]) {
    assert.equal(written(fd), `/proc/self/fd/${fd}`);
  }
});

test('a file that was moved beneath us is not taken for another of its name', (t) => {
  const opened = OpenedVolume.open(t);
  writeFileSync(opened.path('a'), 'A');
  const file = nodeidOf(lookUp(opened, 'a'));
  renameSync(opened.path('a'), opened.path('b'));
  writeFileSync(opened.path('a'), 'other');
  assert.equal(ask(opened, stat(file)).error, -ESTALE);
  assert.notEqual(nodeidOf(lookUp(opened, 'a')), file);
  assert.equal(nodeidOf(lookUp(opened, 'b')), file, 'and found again by its new name');
  assert.equal(ask(opened, stat(file)).error, 0);
});

test('a name in the table that would lead out of the volume is not followed', (t) => {
  const opened = OpenedVolume.open(t);
  for (const [index, name] of ['../secret', '..', '.', '', 'a/b', 'x'.repeat(256)].entries()) {
    writeFileSync(opened.path(`a${index}`), 'secret');
    const file = nodeidOf(lookUp(opened, `a${index}`));
    if (name === '../secret') linkSync(opened.path(`a${index}`), opened.path(name));
    opened.volume.inodes.renameTo(file, 1, Buffer.from(name));
    assert.equal(ask(opened, stat(file)).error, -ESTALE, name);
    assert.equal(opened.volume.fdOf(file), -ESTALE, name);
  }
});

test('an open file whose name is gone lives until it is let go of, and through a death', (t) => {
  const first = OpenedVolume.open(t);
  writeFileSync(first.path('a'), 'content');
  const file = nodeidOf(lookUp(first, 'a'));
  const fh = handleOf(openFile(first, file, 0));
  assert.equal(ask(first, request('UNLINK', {}, names('a'))).error, 0);
  assert.deepEqual(first.fdStore.heard, [`keep inode/data/${file}`]);
  assert.equal(ask(first, stat(file)).payload.readUInt32LE(16 + 64), 0, 'without a name');
  const second = first.die(t);
  assert.equal(ask(second, readFrame(file, fh, 0, 16)).payload.toString(), 'content');
  assert.equal(ask(second, request('RELEASE', { nodeid: file }, u64(fh), u32(0, 0), u64(0))).error, 0);
  second.serve(request('FORGET', { nodeid: file }, u64(1)));
  assert.deepEqual(second.fdStore.keys, []);
});

test('what the kernel knows is known to the next fault proxy, by whatever name it goes then', (t) => {
  const first = OpenedVolume.open(t);
  mkdirSync(first.path('dir'));
  writeFileSync(first.path('dir', 'file'), 'content');
  const directory = nodeidOf(lookUp(first, 'dir'));
  const file = nodeidOf(lookUp(first, 'file', directory));
  const fh = handleOf(openFile(first, file, 0));
  ask(first, request('RENAME', { nodeid: directory }, u64(root), names('file', 'moved')));
  const second = first.die(t);
  assert.equal(ask(second, stat(file)).error, 0);
  assert.equal(ask(second, readFrame(file, fh, 0, 16)).payload.toString(), 'content');
  assert.equal(nodeidOf(lookUp(second, 'moved')), file);
});

test('a file that loses the name it is known by is reached by its other, after a death too', (t) => {
  const first = OpenedVolume.open(t);
  writeFileSync(first.path('a'), 'content');
  linkSync(first.path('a'), first.path('b'));
  const file = nodeidOf(lookUp(first, 'a'));
  assert.equal(ask(first, request('UNLINK', {}, names('a'))).error, 0);
  assert.equal(ask(first, stat(file)).error, 0);
  const second = first.die(t);
  assert.equal(ask(second, stat(file)).error, 0);
  assert.equal(nodeidOf(lookUp(second, 'b')), file);
  assert.equal(readFileSync(second.path('b'), 'utf8'), 'content');
});

test('what was removed beneath us is stale, and soon said to be', (t) => {
  const opened = OpenedVolume.open(t);
  writeFileSync(opened.path('a'), '');
  const file = nodeidOf(lookUp(opened, 'a'));
  unlinkSync(opened.path('a'));
  const started = performance.now();
  assert.equal(ask(opened, stat(file)).error, -ESTALE);
  assert.ok(performance.now() - started < 1000);
});
