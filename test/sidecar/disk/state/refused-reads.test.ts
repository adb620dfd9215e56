import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { RefusedReads } from '../../../../sidecar/disk/state/refused-reads.js';
import { OpenedVolume } from '../opened-volume.js';

const kib = 1024;
const EIO = 5;
const far = 2 ** 45;

const emptyOf = (t: TestContext): RefusedReads => new RefusedReads(OpenedVolume.open(t).state);

test('a page of what was refused is found once, whichever it is and however far', (t) => {
  const refused = emptyOf(t);
  for (const offset of [0, 128 * kib, far]) {
    refused.note({ nodeid: 7, offset, bytes: 64 * kib }, 1, EIO);
    const last = { nodeid: 7, offset: offset + 60 * kib, bytes: 4 * kib };
    assert.deepEqual([refused.take(last, 1), refused.take(last, 1)], [EIO, 0]);
  }
});

test('another file, another page and other armed faults find nothing', (t) => {
  const refused = emptyOf(t);
  refused.note({ nodeid: 7, offset: 64 * kib, bytes: 64 * kib }, 1, EIO);
  assert.equal(refused.take({ nodeid: 8, offset: 64 * kib, bytes: 4 * kib }, 1), 0);
  assert.equal(refused.take({ nodeid: 7, offset: 60 * kib, bytes: 4 * kib }, 1), 0);
  assert.equal(refused.take({ nodeid: 7, offset: 128 * kib, bytes: 4 * kib }, 1), 0);
  assert.equal(refused.take({ nodeid: 7, offset: 64 * kib, bytes: 4 * kib }, 2), 0);
  assert.equal(refused.take({ nodeid: 7, offset: 64 * kib, bytes: 4 * kib }, 1), EIO);
});

test('past its bound the oldest are forgotten, and after a death all are', (t) => {
  const refused = emptyOf(t);
  const pageOf = (nodeid: number) => ({ nodeid, offset: 0, bytes: 4 * kib });
  for (let nodeid = 1; nodeid <= 100; nodeid++) refused.note(pageOf(nodeid), 1, EIO);
  assert.deepEqual([refused.take(pageOf(1), 1), refused.take(pageOf(100), 1)], [0, EIO]);
  refused.clear();
  assert.equal(refused.take(pageOf(99), 1), 0);
});
