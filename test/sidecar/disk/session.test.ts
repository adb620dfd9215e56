import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { type TestContext, test } from 'node:test';
import { field } from '../../../sidecar/disk/state/volume-state.js';
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
  request,
  root,
  u32,
  u64,
  writeFrame,
} from './request.js';

const { EIO, EROFS } = constants.errno;
const O_RDWR = 2;
const FOPEN_DIRECT_IO = 1;
const READ_LOCKOWNER = 2;
const WRITE_CACHE = 1;
const WRITE_LOCKOWNER = 2;

interface Held {
  readonly volume: OpenedVolume;
  readonly file: number;
  readonly fh: number;
}

function holdingFile(t: TestContext, content = 'content'): Held {
  const volume = OpenedVolume.open(t);
  writeFileSync(volume.path('file'), content);
  const file = nodeidOf(lookUp(volume, 'file'));
  return { volume, file, fh: handleOf(openFile(volume, file, O_RDWR)) };
}

const stat = (nodeid: number): Buffer => request('GETATTR', { nodeid }, u32(0, 0), u64(0));

test('an error is a reply without payload, and nothing is done', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk error EIO on write,mkdir'));
  const answer = ask(volume, writeFrame(file, fh, 0, Buffer.from('changed')));
  assert.deepEqual([answer.length, answer.error], [16, -EIO]);
  assert.equal(ask(volume, request('MKDIR', {}, u32(0o755, 0), names('d'))).error, -EIO);
  assert.deepEqual(
    [readFileSync(volume.path('file'), 'utf8'), readdirSync(volume.directory)],
    ['content', ['file']],
  );
  assert.equal(volume.counters.tallies(0).injected, 2);
});

test('readonly refuses what changes, and passes the rest', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk readonly'));
  assert.equal(ask(volume, writeFrame(file, fh, 0, Buffer.from('x'))).error, -EROFS);
  assert.equal(openFile(volume, file, O_RDWR).error, -EROFS);
  assert.equal(openFile(volume, file, 0).error, 0);
  assert.equal(ask(volume, readFrame(file, fh, 0, 16)).payload.toString(), 'content');
});

test('a write is cut to what the fault says, and a read only past the page cache', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk short 3'));
  assert.equal(ask(volume, writeFrame(file, fh, 0, Buffer.from('CONTENT'))).payload.readUInt32LE(0), 3);
  assert.equal(readFileSync(volume.path('file'), 'utf8'), 'CONtent');
  assert.equal(ask(volume, readFrame(file, fh, 0, 16)).payload.toString(), 'CONtent');
  const direct = openFile(volume, file, 0);
  assert.equal(direct.payload.readUInt32LE(8) & FOPEN_DIRECT_IO, FOPEN_DIRECT_IO);
  const read = (how: number): string =>
    ask(volume, readFrame(file, handleOf(direct), 0, 16, how)).payload.toString();
  assert.equal(read(READ_LOCKOWNER), 'CON');
  assert.equal(read(0), 'CONtent', 'it fills a page of a mapping');
});

test('what was refused when it was read ahead is refused once more when it is asked for, and is one hit', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk error EIO on read once'));
  const errors = [0, 0, 0].map((how) => ask(volume, readFrame(file, fh, 0, 16, how)).error);
  assert.deepEqual(errors, [-constants.errno.EIO, -constants.errno.EIO, 0]);
  const { matched, injected } = volume.counters.tallies(0);
  assert.deepEqual({ matched, injected }, { matched: 2, injected: 1 });
});

test('what was refused when it was read ahead is not, once the fault is disarmed', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk error EIO on read'));
  assert.equal(ask(volume, readFrame(file, fh, 0, 16)).error, -constants.errno.EIO);
  volume.arm({ version: 2, faults: [] });
  assert.equal(ask(volume, readFrame(file, fh, 0, 16)).error, 0);
  volume.counters.resetTallies(0);
  volume.arm({ ...armed('disk error EIO on read skip 1'), version: 3 });
  assert.equal(ask(volume, readFrame(file, fh, 0, 16)).error, 0);
});

test('a write of which the kernel tells nobody the count is not cut, and counts as passed', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk short 3'));
  const written = [WRITE_CACHE, WRITE_LOCKOWNER].map((how) =>
    ask(volume, writeFrame(file, fh, 0, Buffer.from('CONTENT'), how)).payload.readUInt32LE(0),
  );
  assert.deepEqual(written, [7, 7]);
  assert.equal(readFileSync(volume.path('file'), 'utf8'), 'CONTENT');
  const { matched, injected, passed } = volume.counters.tallies(0);
  assert.deepEqual({ matched, injected, passed }, { matched: 2, injected: 0, passed: 2 });
});

test('what is to wait goes to the wait queue as it came, with what is to become of it', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk latency 200ms on fsync', 'disk freeze on read', 'disk throttle 10 iops on write'));
  const frames = [
    request('FSYNC', { nodeid: file }, u64(fh), u32(0, 0)),
    readFrame(file, fh, 0, 16),
    writeFrame(file, fh, 0, Buffer.from('later')),
  ];
  for (const frame of frames) assert.equal(volume.serve(frame), null);
  assert.deepEqual(
    volume.waiting.map(({ request }) => Buffer.from(request)),
    frames,
  );
  const [delayed, frozen, throttled] = volume.waiting.map(({ decision }) => decision ?? assert.fail());
  assert.deepEqual(delayed?.delays, [{ slot: 0, ms: 200 }]);
  assert.deepEqual(frozen?.freezes, [{ slot: 1 }]);
  assert.deepEqual(throttled?.throttles, [{ slot: 2, unit: 'operations', perSecond: 10 }]);
  assert.equal(readFileSync(volume.path('file'), 'utf8'), 'content');
});

test('of two errors the first answers, and it alone counts as a hit; what is refused is not cut', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk short 3', 'disk error ENOSPC on write', 'disk readonly'));
  const answer = ask(volume, writeFrame(file, fh, 0, Buffer.from('changed')));
  assert.equal(answer.error, -constants.errno.ENOSPC);
  assert.deepEqual(
    [0, 1, 2].map((slot) => volume.counters.tallies(slot).injected),
    [0, 1, 0],
  );
});

test('what is made to wait is not counted as hit by the session; what a delay of nothing lets pass is', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk latency 1ms jitter 1h on write seed 1'));
  const answers = Array.from({ length: 20 }, () => volume.serve(writeFrame(file, fh, 0, Buffer.from('x'))));
  const passed = answers.filter((answer) => answer !== null).length;
  assert.ok(passed > 0 && passed < 20, `${passed} of 20 were not delayed`);
  const { matched, injected } = volume.counters.tallies(0);
  assert.deepEqual({ matched, injected }, { matched: 20, injected: passed });
});

test('where no more requests may wait, one is carried out at once, and its wait has not hit', (t) => {
  const { volume, file, fh } = holdingFile(t);
  volume.arm(armed('disk freeze on write,fsync', 'disk error EIO on write'));
  volume.hasRoom = false;
  assert.equal(ask(volume, writeFrame(file, fh, 0, Buffer.from('changed'))).error, -EIO);
  assert.equal(ask(volume, request('FSYNC', { nodeid: file }, u64(fh), u32(0, 0))).error, 0);
  assert.equal(volume.state.header[field.blockedReaders], 0, 'nobody is left counted');
  assert.deepEqual(
    [0, 1].map((slot) => volume.counters.tallies(slot).injected),
    [0, 1],
  );
});

test('the root\u2019s attributes are never faulted, and counted as exempted', (t) => {
  const { volume, file } = holdingFile(t);
  volume.arm(armed('disk error EIO on getattr'));
  assert.equal(ask(volume, stat(root)).error, 0);
  assert.equal(ask(volume, stat(file)).error, -EIO);
  const { matched, injected, exempted } = volume.counters.tallies(0);
  assert.deepEqual([matched, injected, exempted], [1, 1, 1]);
});

test('a plan is met from the next request on, and one that is gone no more', (t) => {
  const { volume, file } = holdingFile(t);
  assert.equal(ask(volume, stat(file)).error, 0);
  volume.arm(armed('disk error EIO on getattr'));
  assert.equal(ask(volume, stat(file)).error, -EIO);
  volume.arm({ version: 2, faults: [] });
  assert.equal(ask(volume, stat(file)).error, 0);
});

test('a fault in a directory follows it where it is moved', (t) => {
  const volume = OpenedVolume.open(t);
  mkdirSync(volume.path('a'));
  writeFileSync(volume.path('a', 'file'), '');
  const directory = nodeidOf(lookUp(volume, 'a'));
  const file = nodeidOf(lookUp(volume, 'file', directory));
  volume.arm(armed('disk error EIO on getattr in b/**'));
  assert.equal(ask(volume, stat(file)).error, 0);
  ask(volume, request('RENAME', {}, u64(root), names('a', 'b')));
  assert.equal(ask(volume, stat(file)).error, -EIO);
});

test('what a fault on lookups or attributes is about, the kernel is told not to remember', (t) => {
  const { volume } = holdingFile(t);
  const valid = (): readonly bigint[] => {
    const { payload } = lookUp(volume, 'file');
    return [payload.readBigUInt64LE(16), payload.readBigUInt64LE(24)];
  };
  assert.deepEqual(valid(), [1n, 1n]);
  volume.arm(armed('disk error EIO on lookup in elsewhere'));
  assert.deepEqual(valid(), [1n, 1n]);
  volume.arm(armed('disk latency 1ms on getattr in file'));
  assert.deepEqual(valid(), [0n, 0n]);
});

test('when all readers but one wait for the disk, the last leaves a sync to the wait queue', (t) => {
  const volume = OpenedVolume.open(t, { readers: 2 });
  writeFileSync(volume.path('file'), '');
  const file = nodeidOf(lookUp(volume, 'file'));
  const fh = handleOf(openFile(volume, file, O_RDWR));
  const fsync = (): Buffer | null => volume.serve(request('FSYNC', { nodeid: file }, u64(fh), u32(0, 0)));
  assert.notEqual(fsync(), null);
  assert.equal(volume.state.header[field.blockedReaders], 0, 'nobody is left counted');
  Atomics.add(volume.state.header, field.blockedReaders, 1);
  assert.equal(fsync(), null);
  assert.deepEqual(
    volume.waiting.map(({ decision }) => decision),
    [null],
  );
  assert.equal(volume.state.header[field.blockedReaders], 1);
});

test('a write past the page cache leaves its reply to the main thread, where pages may be there and no reader is free', (t) => {
  const { volume, file, fh } = holdingFile(t);
  const write = (text: string): Buffer | null =>
    volume.serve(writeFrame(file, fh, 0, Buffer.from(text), WRITE_LOCKOWNER));
  Atomics.add(volume.state.header, field.blockedReaders, 3);
  assert.notEqual(write('CONTENT'), null, 'no page was ever there');
  volume.serve(readFrame(file, fh, 0, 16, READ_LOCKOWNER));
  assert.notEqual(write('content'), null, 'nor did a read past it bring one');
  volume.serve(readFrame(file, fh, 0, 16));
  assert.equal(write('cONTENT'), null);
  assert.equal(readFileSync(volume.path('file'), 'utf8'), 'cONTENT', 'it is written');
  const [left] = volume.leftReplies;
  assert.deepEqual(left?.outdated, { beforeReply: { offset: 0, bytes: 7 }, afterReply: null });
  assert.equal(Buffer.from(left?.reply ?? []).readUInt32LE(16), 7);
  Atomics.sub(volume.state.header, field.blockedReaders, 3);
  assert.notEqual(write('content'), null, 'a reader that may wait drops them itself');
  assert.equal(volume.state.header[field.blockedReaders], 0);
});

test('a write through the page cache is answered after a drop only where pages of the file were dropped lately', (t) => {
  const { volume, file, fh } = holdingFile(t);
  const write = (offset: number, bytes: number): Buffer | null =>
    volume.serve(writeFrame(file, fh, offset, Buffer.alloc(bytes)));
  assert.notEqual(write(0, 4096), null);
  volume.volume.pageDrops.note(file);
  assert.equal(write(4096, 8192), null);
  assert.deepEqual(volume.leftReplies.pop()?.outdated, {
    beforeReply: { offset: 4096, bytes: 8192 },
    afterReply: null,
  });
  assert.notEqual(write(4096, 100), null, 'its only page may be locked until the reply');
  assert.deepEqual(volume.droppedCaches.pop(), { inode: file, range: { offset: 4096, bytes: 100 } });
  const writeBack = writeFrame(file, fh, 0, Buffer.alloc(4096), WRITE_CACHE);
  assert.notEqual(volume.serve(writeBack), null, 'pages that are written back are locked');
  assert.deepEqual([volume.leftReplies.length, volume.droppedCaches.length], [0, 0]);
});

test('an interrupt names the request it is for', (t) => {
  const { volume } = holdingFile(t);
  assert.equal(volume.serve(request('INTERRUPT', { nodeid: 0 }, u64((7n << 32n) + 5n))), null);
  assert.equal(volume.serve(request('INTERRUPT', { nodeid: 0 })), null, 'too short');
  assert.deepEqual(volume.interrupts, [[5, 7]]);
});

test('an error of ours lets the request pass, and is told', (t) => {
  const { volume, file } = holdingFile(t);
  const broken = { version: 2, faults: [{ name: 'broken' }] };
  volume.arm(JSON.parse(JSON.stringify(broken)));
  assert.equal(ask(volume, stat(file)).error, 0);
  assert.equal(volume.crashes.length, 1);
});

test('once an error of ours was told, nothing is decided any more', (t) => {
  const { volume, file } = holdingFile(t);
  volume.arm(armed('disk error EIO'));
  volume.counters.setCrashed(true);
  assert.equal(ask(volume, stat(file)).error, 0);
  volume.counters.setCrashed(false);
});

test('operations are counted by verb, those that fail as errors too', (t) => {
  const { volume } = holdingFile(t);
  lookUp(volume, 'none');
  const lookups = volume.counters.operations().find(({ verb }) => verb === 'lookup') ?? assert.fail();
  assert.deepEqual([lookups.count, lookups.errors], [2, 1]);
});
