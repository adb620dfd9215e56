import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  fstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { O_RDWR, O_TRUNC } from '../../../sidecar/linux/constants.js';
import type { DescriptorBudget } from '../../../sidecar/proxy/descriptor-budget.js';
import { OpenedVolume, plentyOfDescriptors } from './opened-volume.js';
import {
  ask,
  createFile,
  handleOf,
  lookUp,
  names,
  nodeidOf,
  openFile,
  type Reply,
  readFrame,
  releaseFrame,
  request,
  root,
  u32,
  u64,
} from './request.js';

const { ENFILE, ESTALE } = constants.errno;
const FATTR_MODE = 1;

const stat = (nodeid: number): Buffer => request('GETATTR', { nodeid }, u32(0, 0), u64(0));
const chmod = (nodeid: number, mode: number): Buffer =>
  request('SETATTR', { nodeid }, u32(FATTR_MODE, 0), Buffer.alloc(60), u32(mode), Buffer.alloc(16));
const unlink = (name: string): Buffer => request('UNLINK', {}, names(name));
const opendir = (nodeid: number): Buffer => request('OPENDIR', { nodeid }, u32(0, 0));
/** fuse_attr_out: the mode at 16 + 60, the number of links after it. */
const linksOf = ({ payload }: Reply): number => payload.readUInt32LE(16 + 64);

const descriptors = (): number => readdirSync('/proc/self/fd').length;

/** Another volume of the process has all that there are. */
function takeAll(budget: DescriptorBudget): number {
  let taken = 0;
  for (; budget.hasRoomToPin; taken++) budget.count('handles', 1);
  return taken;
}

function openedFile(t: TestContext): { opened: OpenedVolume; file: number; fh: number } {
  const opened = OpenedVolume.open(t);
  writeFileSync(opened.path('a'), 'content');
  const file = nodeidOf(lookUp(opened, 'a'));
  leaveRoomFor(2, opened.descriptors);
  return { opened, file, fh: handleOf(openFile(opened, file, O_RDWR)) };
}

/** As `takeAll`, but a few more can be opened. No inode keeps a descriptor then. */
function leaveRoomFor(count: number, budget: DescriptorBudget): void {
  while (budget.hasRoomToOpen) budget.count('inodes', 1);
  budget.count('inodes', -count);
}

test('a file that is open and loses its name goes on without a descriptor of its own, and through a death', (t) => {
  const { opened, file, fh } = openedFile(t);
  takeAll(opened.descriptors);
  assert.equal(ask(opened, unlink('a')).error, 0);
  assert.equal(opened.volume.inodes.fds.of(file), -1);
  writeFileSync(opened.path('a'), 'another of its name');
  assert.equal(linksOf(ask(opened, stat(file))), 0);
  assert.equal(ask(opened, chmod(file, 0o640)).error, 0);
  assert.equal(fstatSync(opened.volume.handles.fd(fh)).mode & 0o777, 0o640);
  assert.notEqual(statSync(opened.path('a')).mode & 0o777, 0o640);

  const next = opened.die(t);
  assert.equal(linksOf(ask(next, stat(file))), 0);
  assert.equal(ask(next, readFrame(file, fh, 0, 16)).payload.toString(), 'content');
  assert.equal(ask(next, releaseFrame(file, fh)).error, 0);
  next.serve(request('FORGET', { nodeid: file }, u64(1)));
  assert.deepEqual(next.fdStore.keys, []);
});

test('what is kept of files is passed on to their handles where there is no room for both', (t) => {
  const { opened, file, fh } = openedFile(t);
  const second = handleOf(openFile(opened, file, 0));
  assert.equal(ask(opened, unlink('a')).error, 0);
  const before = descriptors();
  const full = plentyOfDescriptors();
  takeAll(full);
  const next = opened.die(t, { descriptors: full });
  assert.equal(next.volume.inodes.fds.of(file), -1);
  for (const handle of [fh, second]) {
    assert.equal(ask(next, readFrame(file, handle, 0, 16)).payload.toString(), 'content');
    assert.equal(linksOf(ask(next, stat(file))), 0);
    assert.equal(ask(next, releaseFrame(file, handle)).error, 0);
  }
  assert.ok(descriptors() <= before);
  assert.equal(ask(next, stat(file)).error, -ESTALE);
});

test('a name that is taken for another file while it is open leads nobody to that file', (t) => {
  const { opened, file } = openedFile(t);
  unlinkSync(opened.path('a'));
  writeFileSync(opened.path('a'), 'another of its name');
  chmodSync(opened.path('a'), 0o600);
  assert.equal(ask(opened, chmod(file, 0o640)).error, 0);
  assert.equal(statSync(opened.path('a')).mode & 0o777, 0o600);
});

test('what would open one more is ENFILE, and does nothing', (t) => {
  const opened = OpenedVolume.open(t);
  writeFileSync(opened.path('a'), 'content');
  const file = nodeidOf(lookUp(opened, 'a'));
  const taken = takeAll(opened.descriptors);
  const tmpfile = request('TMPFILE', {}, u32(O_RDWR, 0o100600, 0, 0), names(''));
  assert.equal(openFile(opened, file, O_RDWR | O_TRUNC).error, -ENFILE);
  assert.equal(createFile(opened, 'b', O_RDWR).error, -ENFILE);
  assert.equal(ask(opened, opendir(root)).error, -ENFILE);
  assert.equal(ask(opened, tmpfile).error, -ENFILE);
  assert.equal(opened.descriptors.refusedFiles, 4);
  assert.equal(readFileSync(opened.path('a'), 'utf8'), 'content');
  assert.equal(existsSync(opened.path('b')), false);
  opened.descriptors.count('handles', -taken);
  assert.equal(openFile(opened, file, O_RDWR).error, 0);
  assert.equal(createFile(opened, 'b', O_RDWR).error, 0);
});

test('with no room to keep any, a path of many directories takes no more descriptors than a short one', (t) => {
  const opened = OpenedVolume.open(t);
  takeAll(opened.descriptors);
  let at = root;
  let path = '';
  for (let depth = 0; depth < 100; depth++) {
    path = join(path, 'd');
    mkdirSync(opened.path(path));
    const before = descriptors();
    at = nodeidOf(lookUp(opened, 'd', at));
    assert.ok(descriptors() <= before + 1, `${descriptors() - before} more at depth ${depth}`);
  }
  assert.equal(ask(opened, stat(at)).error, 0);
  const begun = descriptors();
  assert.ok(opened.volume.fdOf(at) >= 0);
  assert.equal(descriptors(), begun + 1);
  rmdirSync(opened.path(path));
  assert.equal(opened.volume.fdOf(at), -ESTALE);
  opened.volume.giveBack();
  assert.ok(descriptors() <= begun);
});

test('directories that somebody moved beside the mount, so that each is known below the other, are lost, not searched for ever', (t) => {
  const opened = OpenedVolume.open(t);
  takeAll(opened.descriptors);
  mkdirSync(opened.path('a/b'), { recursive: true });
  const a = nodeidOf(lookUp(opened, 'a'));
  const b = nodeidOf(lookUp(opened, 'b', a));
  renameSync(opened.path('a/b'), opened.path('b'));
  renameSync(opened.path('a'), opened.path('b/a'));
  assert.equal(nodeidOf(lookUp(opened, 'b')), b);
  assert.equal(nodeidOf(lookUp(opened, 'a', b)), a);
  assert.equal(ask(opened, stat(a)).error, 0);
  renameSync(opened.path('b/a'), opened.path('a'));
  renameSync(opened.path('b'), opened.path('a/b'));
  opened.volume.inodes.renameTo(b, a, Buffer.from('b'));
  assert.equal(ask(opened, stat(a)).error, -ESTALE);
  assert.deepEqual(opened.crashes, []);
  assert.equal(nodeidOf(lookUp(opened, 'a')), a);
  assert.equal(ask(opened, stat(b)).error, 0, 'seen again, they are there again');
});
