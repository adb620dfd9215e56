/** Descriptors that lead nowhere any more, on a disk that goes by paths; the mount on it is in test/sidecar/mounted. */
import assert from 'node:assert/strict';
import { closeSync, fstatSync, linkSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { type TestContext, test } from 'node:test';
import { needs } from '../../needs.js';
import { Bindfs } from '../mounted/bindfs.js';
import { armed } from './armed.js';
import { OpenedVolume } from './opened-volume.js';
import {
  ask,
  handleOf,
  lookUp,
  names,
  nodeidOf,
  openFile,
  readFrame,
  releaseFrame,
  request,
  root,
  u32,
  u64,
  writeFrame,
} from './request.js';

const { ENOENT, ESTALE } = constants.errno;
const O_RDWR = 2;
const FATTR_SIZE = 8;
const kib = 1024;
/** What the kernel remembers of the other name beneath may be a second old. */
const fresh = ['-o', 'attr_timeout=0'] as const;
const skip = needs('root', 'fuse', 'bindfs');

const getattr = (nodeid: number): Buffer => request('GETATTR', { nodeid }, u32(0, 0), u64(0));
const unlink = (name: string): Buffer => request('UNLINK', {}, names(name));
const truncate = (nodeid: number, size: number): Buffer =>
  request('SETATTR', { nodeid }, u32(FATTR_SIZE, 0), u64(0, size), Buffer.alloc(64));

async function openOnBindfs(t: TestContext, ...options: readonly string[]): Promise<OpenedVolume> {
  const bindfs = await Bindfs.mount(...options);
  t.after(() => bindfs.close());
  return OpenedVolume.open(t, { directory: bindfs.path });
}

/** `first` and `second` are one file; `last` is the name that it was looked up by last. */
function twoNames(opened: OpenedVolume, last: 'first' | 'second', content = 'content'): number {
  writeFileSync(opened.path('first'), content);
  linkSync(opened.path('first'), opened.path('second'));
  const [other] = ['first', 'second'].filter((name) => name !== last) as [string];
  const file = nodeidOf(lookUp(opened, other));
  assert.equal(nodeidOf(lookUp(opened, last)), file, 'one inode');
  return file;
}

/** How the kernel goes on after ESTALE: it looks up the name it has, and asks again. */
const lookUpSecond = (opened: OpenedVolume): number => nodeidOf(lookUp(opened, 'second'));

/** Opens and closes it by its first name, which then goes. */
function useAndUnlinkFirst(opened: OpenedVolume, file: number): void {
  const fh = handleOf(openFile(opened, file, O_RDWR));
  assert.equal(ask(opened, releaseFrame(file, fh)).error, 0);
  lookUpSecond(opened);
  assert.equal(ask(opened, unlink('first')).error, 0);
}

/** The descriptors that a next fault proxy would be given. */
function linksOfKept(opened: OpenedVolume): readonly number[] {
  return [...opened.fdStore.handOver().values()].map((fd) => {
    try {
      return fstatSync(fd).nlink;
    } finally {
      closeSync(fd);
    }
  });
}

test('a file is reached by the name seen last, whatever its descriptor was opened by', {
  skip,
}, async (t) => {
  const opened = await openOnBindfs(t);
  const file = twoNames(opened, 'first');
  useAndUnlinkFirst(opened, file);
  assert.equal(ask(opened, getattr(file)).error, 0);
  const fh = handleOf(openFile(opened, file, O_RDWR));
  assert.equal(ask(opened, readFrame(file, fh, 0, 16)).payload.toString(), 'content');
  assert.deepEqual(opened.crashes, []);
});

test('the holder is given the descriptor that leads to the file, for the one that does not', {
  skip,
}, async (t) => {
  const first = await openOnBindfs(t, ...fresh);
  const file = twoNames(first, 'first');
  useAndUnlinkFirst(first, file);
  assert.throws(() => linksOfKept(first), { code: 'ENOENT' });
  assert.equal(ask(first, getattr(file)).error, 0);
  assert.deepEqual(linksOfKept(first), [1]);
  const second = first.die(t);
  assert.equal(ask(second, getattr(file)).error, 0);
});

test('what the holder kept and leads nowhere is let go of after a death, and kept again when there is need', {
  skip,
}, async (t) => {
  const first = await openOnBindfs(t);
  const file = twoNames(first, 'first');
  useAndUnlinkFirst(first, file);
  const second = first.die(t);
  assert.deepEqual(second.fdStore.keys, []);
  handleOf(openFile(second, file, O_RDWR));
  assert.equal(ask(second, unlink('second')).error, 0);
  assert.deepEqual(second.fdStore.keys, [`inode/data/${file}`]);
});

test('what was open before a death is opened again by the name seen last', { skip }, async (t) => {
  const first = await openOnBindfs(t);
  const file = twoNames(first, 'first');
  const fh = handleOf(openFile(first, file, O_RDWR));
  const second = first.die(t);
  assert.equal(ask(second, getattr(file)).error, 0, 'by what the holder kept');
  lookUpSecond(second);
  assert.equal(ask(second, unlink('first')).error, 0);
  assert.equal(ask(second, readFrame(file, fh, 0, 16)).payload.toString(), 'content');
});

test('where the name seen last is gone the kernel is told to look again, and then it is there', {
  skip,
}, async (t) => {
  const opened = await openOnBindfs(t);
  const file = twoNames(opened, 'first');
  assert.equal(ask(opened, unlink('first')).error, 0);
  assert.equal(openFile(opened, file, O_RDWR).error, -ESTALE);
  assert.equal(lookUpSecond(opened), file);
  assert.equal(openFile(opened, file, O_RDWR).error, 0);
});

test('another file of the name seen last is not taken for it', { skip }, async (t) => {
  const opened = await openOnBindfs(t);
  const file = twoNames(opened, 'first');
  assert.equal(ask(opened, unlink('first')).error, 0);
  writeFileSync(opened.path('first'), 'another');
  assert.equal(openFile(opened, file, O_RDWR).error, -ESTALE);
  assert.equal(ask(opened, getattr(file)).error, -ESTALE);
});

test('what is open by a name that went sees what is written by another', { skip }, async (t) => {
  const opened = await openOnBindfs(t, '-o', 'hard_remove');
  const file = twoNames(opened, 'first');
  const before = handleOf(openFile(opened, file, O_RDWR));
  lookUpSecond(opened);
  assert.equal(ask(opened, unlink('first')).error, 0);
  const after = handleOf(openFile(opened, file, O_RDWR));
  assert.equal(ask(opened, writeFrame(file, after, 0, Buffer.from('CON'))).error, 0);
  assert.equal(ask(opened, readFrame(file, before, 0, 16)).payload.toString(), 'CONtent');
  assert.equal(ask(opened, writeFrame(file, before, 3, Buffer.from('TENT'))).error, 0);
  assert.equal(ask(opened, readFrame(file, after, 0, 16)).payload.toString(), 'CONTENT');
  assert.equal(readFileSync(opened.path('second'), 'utf8'), 'CONTENT');
});

test('a truncation by another name gives room back under disk full', { skip }, async (t) => {
  const opened = await openOnBindfs(t, ...fresh);
  const file = twoNames(opened, 'first', '');
  opened.arm(armed('disk full after 64Ki'));
  const fh = handleOf(openFile(opened, file, O_RDWR));
  assert.equal(ask(opened, writeFrame(file, fh, 0, Buffer.alloc(8 * kib, 'x'))).error, 0);
  assert.equal(opened.counters.growth(0), 8 * kib);
  assert.equal(ask(opened, releaseFrame(file, fh)).error, 0);
  useAndUnlinkFirst(opened, file);
  assert.equal(ask(opened, truncate(file, 0)).error, 0);
  assert.equal(opened.counters.growth(0), 0);
});

test('on any other disk a descriptor of a removed file lives, and its error is its own', (t) => {
  const opened = OpenedVolume.open(t);
  const file = twoNames(opened, 'first');
  handleOf(openFile(opened, file, O_RDWR));
  for (const name of ['first', 'second']) assert.equal(ask(opened, unlink(name)).error, 0);
  const fd = opened.volume.inodes.fds.of(file);
  const inode = fstatSync(fd, { bigint: true }).ino;
  const link = request('LINK', { nodeid: root }, u64(file), names('third'));
  assert.equal(ask(opened, link).error, -ENOENT);
  assert.equal(ask(opened, getattr(file)).error, 0);
  assert.equal(opened.volume.inodes.fds.of(file), fd);
  assert.equal(fstatSync(fd, { bigint: true }).ino, inode);
});
