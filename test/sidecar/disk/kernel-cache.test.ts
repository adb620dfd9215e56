/** A pair of unix sockets stands where the device is: they too keep messages whole. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gapsBetween, KernelCache, type Range } from '../../../sidecar/disk/kernel-cache.js';
import { InodeTable, rootSlot } from '../../../sidecar/disk/state/inode-table.js';
import { PageDrops } from '../../../sidecar/disk/state/page-drops.js';
import { acceptFrom, connectTo, listenAt } from '../../../sidecar/linux/packet-socket.js';
import { fileStat } from './state/file-stat.js';
import { newState } from './state/new-state.js';

const page = 4096;
const toTheEnd = 0;

test('between no ranges lies everything', () => {
  assert.deepEqual(gapsBetween([]), [{ offset: 0, bytes: toTheEnd }]);
});

test('gaps lie before, between and after what is locked, in whole pages', () => {
  const locked = [
    { offset: 3 * page, bytes: page },
    { offset: page + 100, bytes: 10 },
  ];
  assert.deepEqual(gapsBetween(locked), [
    { offset: 0, bytes: page },
    { offset: 2 * page, bytes: page },
    { offset: 4 * page, bytes: toTheEnd },
  ]);
});

test('ranges that touch, overlap or lie in each other leave no gap between them', () => {
  const after = [{ offset: 5 * page, bytes: toTheEnd }];
  for (const locked of [
    [
      { offset: 0, bytes: 2 * page },
      { offset: 2 * page, bytes: 3 * page },
    ],
    [
      { offset: 0, bytes: 4 * page },
      { offset: page, bytes: 4 * page },
    ],
    [
      { offset: 0, bytes: 5 * page },
      { offset: page, bytes: 1 },
    ],
    [
      { offset: page - 1, bytes: 2 },
      { offset: 1, bytes: 1 },
      { offset: 2 * page, bytes: 2 * page + 1 },
    ],
  ]) {
    assert.deepEqual(gapsBetween(locked), after);
  }
});

test('no locked page is in a gap, and every other is', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const locked = Array.from({ length: seed % 7 }, (_, i) => ({
      offset: ((seed * 7919 + i * 104_729) % 40) * 1000,
      bytes: 1 + ((seed * 31 + i * 17) % 9000),
    }));
    const gaps = gapsBetween(locked);
    for (let at = 0; at < 30; at++) {
      const touches = ({ offset, bytes }: Range): boolean =>
        offset < (at + 1) * page && (bytes === toTheEnd || offset + bytes > at * page);
      assert.equal(gaps.some(touches), !locked.some(touches), `seed ${seed}, page ${at}`);
    }
  }
});

interface Opened {
  readonly cache: KernelCache;
  readonly inodes: InodeTable;
  /** The next notification: code, then its three or so u64. */
  heard(): readonly (number | bigint)[];
}

function opened(t: TestContext, locked: readonly Range[] = []): Opened {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
  const listener = listenAt(join(directory, 'device'));
  const kernel = connectTo(join(directory, 'device'));
  const server = acceptFrom(listener);
  t.after(() => {
    for (const fd of [listener, kernel, server]) closeSync(fd);
    rmSync(directory, { recursive: true });
  });
  const state = newState(t);
  const inodes = new InodeTable(state);
  inodes.plantRoot(fileStat({ ino: 2 }));
  const cache = new KernelCache({
    deviceFd: server,
    inodes,
    pageDrops: new PageDrops(state, inodes.contents),
    lockedRanges: () => locked,
    unreadRanges: () => locked,
  });
  const heard = (): readonly (number | bigint)[] => {
    const bytes = Buffer.alloc(4096);
    const length = readSync(kernel, bytes);
    assert.equal(bytes.readUInt32LE(0), length);
    const values = [bytes.readInt32LE(4), ...[16, 24, 32].map((at) => bytes.readBigInt64LE(at))];
    return values;
  };
  return { cache, inodes, heard };
}

test('pages are dropped around what is locked', async (t) => {
  const { cache, heard } = opened(t, [{ offset: page, bytes: page }]);
  await cache.forget('pages', 7);
  assert.deepEqual(
    [heard(), heard()],
    [
      [2, 7n, 0n, BigInt(page)],
      [2, 7n, 2n * BigInt(page), 0n],
    ],
  );
});

test('of a range, too, around what is still to be read; each time it is asked', async (t) => {
  const { cache, heard } = opened(t, [{ offset: 2 * page, bytes: page }]);
  const range = { offset: page + 512, bytes: 3 * page };
  await Promise.all([cache.forgetRange(7, range), cache.forgetRange(7, range)]);
  const both = [heard(), heard(), heard(), heard()].sort((a, b) => Number(a[2]) - Number(b[2]));
  const before = [2, 7n, BigInt(page + 512), BigInt(page - 512)];
  const after = [2, 7n, BigInt(3 * page), BigInt(page + 512)];
  assert.deepEqual(both, [before, before, after, after]);
});

test('nothing is asked of a range that is still to be read whole', async (t) => {
  const { cache, heard } = opened(t, [{ offset: 0, bytes: 8 * page }]);
  await cache.forgetRange(7, { offset: page, bytes: page });
  await cache.forget('attributes', 7);
  assert.deepEqual(heard(), [2, 7n, -1n, 0n]);
});

test('attributes are forgotten without a page', async (t) => {
  const { cache, heard } = opened(t);
  await cache.forget('attributes', 7);
  assert.deepEqual(heard(), [2, 7n, -1n, 0n]);
});

test('a name is forgotten in its directory', async (t) => {
  const { cache, inodes, heard } = opened(t);
  const slot = inodes.remember(fileStat({ ino: 10 }), rootSlot, Buffer.from('hello'));
  await cache.forget('name', slot);
  const [code, parent] = heard();
  assert.deepEqual([code, parent], [3, BigInt(rootSlot)]);
});

test('what was asked for twice before it began is done once, and told to both', async (t) => {
  const { cache, heard } = opened(t);
  const inodes = Array.from({ length: 40 }, (_, i) => 100 + i);
  await Promise.all([...inodes, ...inodes].map((inode) => cache.forget('attributes', inode)));
  const told = new Map<bigint, number>();
  for (let i = 0; i < 48; i++) {
    const inode = BigInt(heard()[1] ?? 0);
    told.set(inode, (told.get(inode) ?? 0) + 1);
    if (told.size === 40 && [...told.values()].reduce((a, b) => a + b) >= 40 + 8) break;
  }
  assert.equal(told.size, 40);
  assert.ok([...told.values()].every((times) => times <= 2));
});
