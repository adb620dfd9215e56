import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Bucket } from '../../../../sidecar/disk/effects/throttle.js';
import type { WaitingRequest } from '../../../../sidecar/disk/wait-queue/waiting-request.js';

interface Filling {
  readonly bucket: Bucket<WaitingRequest>;
  /** `inode:pid` of what was granted, in order; emptied when taken. */
  granted(): readonly string[];
  advance(ms: number): void;
}

/** The pid is a request's number here; what it takes is 1, or its range's bytes. */
function filling(t: TestContext, perSecond: number, isSteady = true): Filling {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 5000;
  const granted: string[] = [];
  const bucket = new Bucket<WaitingRequest>({
    perSecond,
    nowMs: () => now,
    cost: ({ range }) => range?.bytes ?? 1,
    grant: ({ inode, pid }) => granted.push(`${inode}:${pid}`),
  });
  t.after(() => bucket.close());
  return {
    bucket,
    granted: () => granted.splice(0),
    advance: (ms) => {
      for (let passed = 0; passed < ms; passed++) {
        if (isSteady) now += 1;
        t.mock.timers.tick(1);
      }
    },
  };
}

function entry(inode: number, pid: number, bytes?: number): WaitingRequest {
  return {
    key: `data ${inode} ${pid}`,
    volume: 'data',
    kept: { address: 0, bytes: 0 },
    cost: 0,
    decision: null,
    arrivedEpochMs: 0,
    pid,
    inode,
    range: bytes === undefined ? null : { offset: 0, bytes },
    fillsPages: false,
    holds: [],
    timer: null,
  };
}

test('a file with one request does not wait for all those of another', (t) => {
  const { bucket, granted, advance } = filling(t, 10);
  for (let pid = 1; pid <= 100; pid++) bucket.add(entry(2, pid));
  bucket.add(entry(3, 1));
  assert.deepEqual(granted(), ['2:1']);
  advance(200);
  assert.deepEqual(granted().toSorted(), ['2:2', '3:1']);
});

test('files take turns, and requests of one file go in their order', (t) => {
  const { bucket, granted, advance } = filling(t, 10);
  for (const inode of [2, 3, 4])
    for (let pid = inode === 2 ? 1 : 2; pid <= 4; pid++) bucket.add(entry(inode, pid));
  advance(1000);
  const [first, ...order] = granted();
  assert.equal(first, '2:1', 'nobody else was there');
  for (let turn = 0; turn < 9; turn += 3) {
    assert.equal(new Set(order.slice(turn, turn + 3).map((name) => name.split(':')[0])).size, 3, `${order}`);
  }
  for (const inode of ['2', '3', '4']) {
    assert.deepEqual(
      order.filter((name) => name.startsWith(inode)),
      [`${inode}:2`, `${inode}:3`, `${inode}:4`],
    );
  }
});

test('what one request takes beyond what there was is owed by those who follow', (t) => {
  const { bucket, granted, advance } = filling(t, 1000);
  bucket.add(entry(2, 1, 2000));
  bucket.add(entry(2, 2, 1));
  assert.deepEqual(granted(), ['2:1']);
  advance(1940);
  assert.deepEqual(granted(), []);
  advance(20);
  assert.deepEqual(granted(), ['2:2']);
});

test('what was not taken while nobody asked is not saved up beyond a burst', (t) => {
  const { bucket, granted, advance } = filling(t, 1000);
  advance(60_000);
  for (let pid = 1; pid <= 1000; pid++) bucket.add(entry(2, pid));
  assert.equal(granted().length, 50);
  advance(100);
  assert.equal(granted().length, 100);
});

for (const perSecond of [0.5, 1, 10]) {
  test(`${perSecond} a second lets one through at once, and those who follow in their time`, (t) => {
    const { bucket, granted, advance } = filling(t, perSecond);
    const eachMs = 1000 / perSecond;
    for (let pid = 1; pid <= 4; pid++) bucket.add(entry(2, pid));
    assert.deepEqual(granted(), ['2:1']);
    advance(eachMs - 51);
    assert.deepEqual(granted(), []);
    advance(52);
    assert.deepEqual(granted(), ['2:2']);
    advance(eachMs);
    assert.deepEqual(granted(), ['2:3']);
  });
}

test('what was removed is not granted', (t) => {
  const { bucket, granted, advance } = filling(t, 10);
  const [first, second, third] = [entry(2, 1), entry(2, 2), entry(2, 3)];
  for (const one of [first, second, third]) bucket.add(one);
  bucket.remove(second);
  bucket.remove(second);
  bucket.remove(entry(9, 9));
  advance(1000);
  assert.deepEqual(granted(), ['2:1', '2:3']);
});

test('a bucket that is closed grants nothing more', (t) => {
  const { bucket, granted, advance } = filling(t, 10);
  for (let pid = 1; pid <= 3; pid++) bucket.add(entry(2, pid));
  bucket.close();
  advance(1000);
  assert.deepEqual(granted(), ['2:1']);
});

test('a timer that comes early grants nothing early, and comes again', (t) => {
  const standing = filling(t, 10, false);
  standing.bucket.add(entry(2, 1));
  standing.bucket.add(entry(2, 2));
  standing.advance(1000);
  assert.deepEqual(standing.granted(), ['2:1']);
});
