import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { type TestContext, test } from 'node:test';
import { armed } from '../armed.js';
import { OpenedVolume } from '../opened-volume.js';
import {
  ask,
  createFile,
  handleOf,
  lookUp,
  names,
  nodeidOf,
  openFile,
  request,
  u32,
  u64,
  writeFrame,
} from '../request.js';

const { ENOSPC } = constants.errno;
const O_RDWR = 2;
const WRITE_CACHE = 1;
const WRITE_LOCKOWNER = 2;
const kib = 1024;
const block = Buffer.alloc(4 * kib, 'x');

interface OpenedFile {
  readonly volume: OpenedVolume;
  /** Bytes written, or a negated errno. */
  write(offset: number, bytes?: number, how?: number): number;
  fallocate(offset: number, bytes: number, mode?: number): number;
}

/** `holds` as content, or as many bytes of nothing. */
function openedFile(t: TestContext, holds: Uint8Array | number, sentence: string): OpenedFile {
  const volume = OpenedVolume.open(t);
  writeFileSync(volume.path('file'), typeof holds === 'number' ? '' : holds);
  if (typeof holds === 'number') truncateSync(volume.path('file'), holds);
  const file = nodeidOf(lookUp(volume, 'file'));
  const fh = handleOf(openFile(volume, file, O_RDWR));
  volume.arm(armed(sentence));
  return {
    volume,
    write: (offset, bytes = 4 * kib, how = 0) => {
      const { error, payload } = ask(volume, writeFrame(file, fh, offset, Buffer.alloc(bytes, 'y'), how));
      return error === 0 ? payload.readUInt32LE(0) : error;
    },
    fallocate: (offset, bytes, mode = 0) =>
      ask(volume, request('FALLOCATE', { nodeid: file }, u64(fh, offset, bytes), u32(mode, 0))).error,
  };
}

test('what takes new blocks counts, block by block, and the rest not', (t) => {
  const { volume, write } = openedFile(t, block, 'disk full after 12Ki');
  assert.deepEqual([write(0), write(1, 100), write(4095, 1)], [4 * kib, 100, 1]);
  assert.equal(volume.counters.growth(0), 0);
  assert.equal(write(4 * kib, 1), 1);
  assert.equal(volume.counters.growth(0), 4 * kib);
  assert.equal(write(4 * kib + 1, 4095), 4095);
  assert.equal(volume.counters.growth(0), 4 * kib);
});

test('a write that fits in part is short, the next is refused, and all are counted', (t) => {
  const { volume, write } = openedFile(t, 0, 'disk full after 12Ki');
  assert.equal(write(0, 8 * kib), 8 * kib);
  assert.equal(write(8 * kib, 8 * kib), 4 * kib);
  assert.equal(volume.counters.tallies(0).injected, 1);
  assert.equal(write(12 * kib), -ENOSPC);
  assert.equal(write(12 * kib), -ENOSPC);
  assert.equal(volume.counters.tallies(0).injected, 3);
  assert.equal(statSync(volume.path('file')).size, 12 * kib);
});

test('a write across the end is cut there when nothing is left', (t) => {
  const { write } = openedFile(t, Buffer.alloc(6 * kib), 'disk full after 1Ki');
  assert.equal(write(6 * kib, 8 * kib), 2 * kib, 'to the end of the last block');
  assert.equal(write(8 * kib, 1), -ENOSPC);
  assert.equal(write(4 * kib, 8 * kib), 4 * kib);
});

test('a hole takes room when it is filled, and only then', (t) => {
  const { volume, write } = openedFile(t, 1024 * kib, 'disk full after 8Ki');
  assert.deepEqual([write(100 * kib), write(500 * kib)], [4 * kib, 4 * kib]);
  assert.equal(volume.counters.growth(0), 8 * kib);
  assert.equal(write(900 * kib), -ENOSPC);
  assert.deepEqual(
    [write(100 * kib), write(501 * kib, 100)],
    [4 * kib, 100],
    'what is there may be written over',
  );
  assert.equal(write(96 * kib, 8 * kib), -ENOSPC, 'a hole before what is there');
  assert.equal(write(500 * kib, 12 * kib), 4 * kib, 'what is there before a hole');
});

test('a write far past the end takes what it writes, not what it leaves out', (t) => {
  const { volume, write } = openedFile(t, block, 'disk full after 8Ki');
  assert.equal(write(1024 * kib), 4 * kib);
  assert.equal(volume.counters.growth(0), 4 * kib);
});

test('room is reserved whole or not at all', (t) => {
  const { volume, fallocate } = openedFile(t, 0, 'disk full after 64Ki');
  assert.equal(fallocate(0, 128 * kib), -ENOSPC);
  assert.equal(volume.counters.growth(0), 0);
  assert.equal(fallocate(0, 32 * kib), 0);
  assert.equal(volume.counters.growth(0), 32 * kib);
  assert.equal(fallocate(0, 32 * kib), 0, 'it is there already');
  assert.equal(fallocate(0, 96 * kib, 1), -ENOSPC, 'keeping the size');
  assert.equal(fallocate(0, 16 * kib, 3), 0);
  assert.equal(volume.counters.growth(0), 16 * kib, 'punched');
});

test('a sparse file is reserved where it has holes', (t) => {
  const { fallocate, write } = openedFile(t, 64 * kib, 'disk full after 32Ki');
  write(0, 16 * kib);
  assert.equal(fallocate(0, 64 * kib), -ENOSPC);
  assert.equal(fallocate(0, 32 * kib), 0);
});

test('what was there before the fault and is freed makes room beyond its size', (t) => {
  const volume = OpenedVolume.open(t);
  writeFileSync(volume.path('old'), Buffer.alloc(64 * kib));
  lookUp(volume, 'old');
  volume.arm(armed('disk full after 4Ki'));
  ask(volume, request('UNLINK', {}, names('old')));
  assert.equal(volume.counters.growth(0), -64 * kib);
  const made = createFile(volume, 'new', O_RDWR | 0o100);
  const filled = ask(volume, writeFrame(nodeidOf(made), handleOf(made), 0, Buffer.alloc(128 * kib)));
  assert.equal(filled.payload.readUInt32LE(0), 68 * kib);
});

test('a file of several names makes room with the last of them', (t) => {
  const volume = OpenedVolume.open(t);
  writeFileSync(volume.path('a'), block);
  const file = nodeidOf(lookUp(volume, 'a'));
  ask(volume, request('LINK', {}, u64(file), names('b')));
  volume.arm(armed('disk full after 4Ki'));
  ask(volume, request('UNLINK', {}, names('a')));
  assert.equal(volume.counters.growth(0), 0);
  ask(volume, request('UNLINK', {}, names('b')));
  assert.equal(volume.counters.growth(0), -4 * kib);
});

test('a file makes room when another takes its name, and not when they change names', (t) => {
  const volume = OpenedVolume.open(t);
  for (const name of ['a', 'b']) {
    writeFileSync(volume.path(name), block);
    lookUp(volume, name);
  }
  volume.arm(armed('disk full after 4Ki'));
  const exchanging = 2;
  assert.equal(ask(volume, request('RENAME2', {}, u64(1), u32(exchanging, 0), names('a', 'b'))).error, 0);
  assert.equal(volume.counters.growth(0), 0);
  assert.equal(ask(volume, request('RENAME', {}, u64(1), names('a', 'b'))).error, 0);
  assert.equal(volume.counters.growth(0), -4 * kib);
});

test('of two quotas the smaller bounds, each counts what it matches', (t) => {
  const volume = OpenedVolume.open(t);
  const files = ['a', 'b'].map((name) => createFile(volume, name, O_RDWR | 0o100));
  volume.arm(armed('disk full after 64Ki', 'disk full after 8Ki in a'));
  const write = (index: number, bytes: number): number => {
    const made = files[index] ?? assert.fail();
    const { error, payload } = ask(
      volume,
      writeFrame(nodeidOf(made), handleOf(made), 0, Buffer.alloc(bytes)),
    );
    return error === 0 ? payload.readUInt32LE(0) : error;
  };
  assert.deepEqual([write(0, 16 * kib), write(1, 16 * kib)], [8 * kib, 16 * kib]);
  assert.deepEqual([volume.counters.growth(0), volume.counters.growth(1)], [24 * kib, 8 * kib]);
});

test('statfs shows what is left', (t) => {
  const { volume, write } = openedFile(t, 0, 'disk full after 64Ki');
  const free = (): number => {
    const { payload } = ask(volume, request('STATFS', {}));
    return Number(payload.readBigUInt64LE(16)) * payload.readUInt32LE(48);
  };
  assert.equal(free(), 64 * kib);
  write(0, 16 * kib);
  assert.equal(free(), 48 * kib);
  write(16 * kib, 64 * kib);
  assert.equal(free(), 0);
});

test('what was let in is what was written', (t) => {
  const { volume, write } = openedFile(t, 1024 * kib, 'disk full after 8Ki');
  const beneath = openSync(volume.path('file'), 'r+');
  writeSync(beneath, Buffer.from('start'), 0, 5, 0);
  closeSync(beneath);
  const written = write(4 * kib - 2, 64 * kib);
  const content = readFileSync(volume.path('file'));
  assert.equal(content.toString('utf8', 0, 5), 'start');
  assert.equal(content.indexOf('y'), 4 * kib - 2);
  assert.equal(content.lastIndexOf('y') + 1, 4 * kib - 2 + written);
  assert.equal(written, 8 * kib + 2);
});

test('what fits in part is refused whole where nobody would be told that it was cut', (t) => {
  for (const how of [WRITE_CACHE, WRITE_LOCKOWNER]) {
    const { volume, write } = openedFile(t, 0, 'disk full after 12Ki');
    assert.equal(write(0, 8 * kib, how), 8 * kib);
    assert.equal(write(8 * kib, 8 * kib, how), -ENOSPC);
    assert.equal(volume.counters.tallies(0).injected, 1);
    assert.equal(statSync(volume.path('file')).size, 8 * kib);
  }
});
