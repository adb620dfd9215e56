/** `disk latency`: what is delayed, by how much, and what is not. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { timed } from './clock.js';

/** What a busy machine may add to a delay before we call it wrong. */
const slackMs = 5000;

describe('disk latency', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  let file: FileHandle;
  before(async () => {
    disk = await mountDisk();
    mkdirSync(join(disk.mount, 'pg_wal'));
    writeFileSync(join(disk.mount, 'pg_wal', 'segment'), 'x'.repeat(1 << 20));
    writeFileSync(join(disk.mount, 'other'), 'content');
    file = await open(join(disk.mount, 'pg_wal', 'segment'), 'r+');
  });
  after(async () => {
    await file?.close();
    await disk?.close();
  });

  test('delays each matching operation by as much, and nothing else', async () => {
    await disk.control.arm('slow', 'disk latency 150ms on write in pg_wal/**');
    const writes = [await timed(() => file.write('one', 0)), await timed(() => file.write('two', 0))];
    const other = join(disk.mount, 'other');
    const syncs = [
      await timed(() => file.sync()),
      await timed(() => file.sync()),
      await timed(() => file.sync()),
    ];
    const reads = [
      await timed(() => readFile(other)),
      await timed(() => readFile(other)),
      await timed(() => readFile(other)),
    ];
    await disk.control.disarm('slow');
    for (const { ms } of writes) assert.ok(ms >= 149 && ms < 150 + slackMs, `a write took ${ms} ms`);
    for (const others of [syncs, reads])
      assert.ok(Math.min(...others.map(({ ms }) => ms)) < 100, 'something else was delayed too');
    const after: number[] = [];
    while (after.length < 5) after.push((await timed(() => file.write('end', 0))).ms);
    assert.ok(Math.min(...after) < 100, 'delayed after it was disarmed');
  });

  test('spreads by its jitter, to either side', async () => {
    await disk.control.arm('slow', 'disk latency 60ms jitter 50ms on fsync seed 7');
    const delays: number[] = [];
    for (let sync = 0; sync < 12; sync += 1) delays.push((await timed(() => file.sync())).ms);
    await disk.control.disarm('slow');
    assert.ok(
      Math.min(...delays) >= 9 && Math.min(...delays) < 60,
      `the shortest was ${Math.min(...delays)} ms`,
    );
    assert.ok(
      Math.max(...delays) > 60 && Math.max(...delays) < 110 + slackMs,
      `the longest was ${Math.max(...delays)} ms`,
    );
  });

  test('adds up when two faults match', async () => {
    await disk.control.arm('slow', 'disk latency 80ms on fsync');
    await disk.control.arm('slower', 'disk latency 70ms on sync in pg_wal/**');
    const { ms } = await timed(() => file.sync());
    for (const name of ['slow', 'slower']) await disk.control.disarm(name);
    assert.ok(ms >= 149 && ms < 150 + slackMs, `it took ${ms} ms`);
  });

  test('leaves other operations of the same file running', async () => {
    await disk.control.arm('slow', 'disk latency 2s on read in pg_wal/**');
    const order: string[] = [];
    const slow = file.read(Buffer.alloc(10), 0, 10, 0).then(() => order.push('read'));
    await stat(join(disk.mount, 'pg_wal', 'segment')).then(() => order.push('stat'));
    await file.write('x', 900_000).then(() => order.push('write'));
    await slow;
    await disk.control.disarm('slow');
    assert.deepEqual(order, ['stat', 'write', 'read']);
  });

  test('lets go of what waits when it is disarmed', async () => {
    await disk.control.arm('slow', 'disk latency 1h on fsync');
    const waiting = timed(() => file.sync());
    await disk.control.awaitParked(1);
    await disk.control.disarm('slow');
    const { ms, outcome } = await waiting;
    assert.equal(outcome, undefined);
    assert.ok(ms < 60_000);
  });

  test('lets go of its own part of a wait, when another latency is part of it too', async () => {
    await disk.control.arm('slow', 'disk latency 10m on fsync');
    await disk.control.arm('hardly', 'disk latency 1ms on fsync');
    const waiting = timed(() => file.sync());
    await disk.control.awaitParked(1);
    await disk.control.disarm('slow');
    const { ms } = await waiting;
    await disk.control.disarm('hardly');
    assert.ok(ms < 60_000, `it took ${ms} ms`);
  });
});
