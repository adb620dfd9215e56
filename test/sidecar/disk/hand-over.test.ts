/** What a holder that was started again is given by the fault proxy that lives on. */
import assert from 'node:assert/strict';
import { fstatSync, linkSync, unlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { FdStore } from '../../../sidecar/disk/fd-store.js';
import { handOver } from '../../../sidecar/disk/hand-over.js';
import { O_RDONLY } from '../../../sidecar/linux/constants.js';
import { OpenedVolume } from './opened-volume.js';
import { RecordingFdStore } from './recording-fd-store.js';
import { ask, lookUp, nodeidOf, openFile, request } from './request.js';

/** A volume in which `a` is open and has two names, and `b` has none any more. */
function openedWithKept(t: Parameters<typeof OpenedVolume.open>[0]) {
  const opened = OpenedVolume.open(t);
  for (const name of ['a', 'b', 'c']) writeFileSync(opened.path(name), name);
  linkSync(opened.path('a'), opened.path('also-a'));
  const [a, b, c] = ['a', 'b', 'c'].map((name) => nodeidOf(lookUp(opened, name)));
  for (const nodeid of [a, b, c]) openFile(opened, nodeid!, O_RDONLY);
  assert.equal(ask(opened, request('UNLINK', { nodeid: 1 }, Buffer.from('b\0'))).error, 0);
  return { opened, kept: [`inode/data/${a}`, `inode/data/${b}`] };
}

test('it is given the memory, the root, and each file that no name is sure to lead to', (t) => {
  const { opened, kept } = openedWithKept(t);
  const next = new RecordingFdStore();
  t.after(() => next.close());
  assert.equal(handOver(opened.volume, next), true);
  assert.deepEqual(next.keys, ['state/data', 'root/data', ...kept]);
  const files = next.handOver();
  assert.equal(fstatSync(files.get('state/data') ?? -1).ino, fstatSync(opened.state.fd).ino);
  assert.equal(fstatSync(files.get('root/data') ?? -1).ino, fstatSync(opened.volume.options.rootFd).ino);
  assert.equal(fstatSync(files.get(kept[1] ?? '') ?? -1).nlink, 0);
});

test('where it takes no more, that is said', (t) => {
  const { opened } = openedWithKept(t);
  for (const most of [0, 1, 2, 3]) {
    let given = 0;
    const full: FdStore = { keep: () => given++ < most, drop: () => {} };
    assert.equal(handOver(opened.volume, full), false, `after ${most}`);
  }
});

test('what comes to be kept while holders change, the new one is given too', (t) => {
  const opened = OpenedVolume.open(t);
  const next = new RecordingFdStore();
  t.after(() => next.close());
  writeFileSync(opened.path('a'), 'a');
  const a = nodeidOf(lookUp(opened, 'a'));
  openFile(opened, a, O_RDONLY);
  const { fdStore, volume } = opened;
  const keep = fdStore.keep.bind(fdStore);
  // The thread that keeps it is overtaken between telling the old holder and marking it as kept.
  t.mock.method(fdStore, 'keep', (key: string, fd: number) => {
    const first = fdStore.heard.length === 0;
    const kept = keep(key, fd);
    if (first) handOver(volume, next);
    return kept;
  });
  unlinkSync(opened.path('a'));
  volume.keep(a, volume.fdOf(a));
  assert.deepEqual(next.keys, ['state/data', 'root/data']);
  assert.deepEqual(fdStore.heard, [`keep inode/data/${a}`, `keep inode/data/${a}`]);
});
