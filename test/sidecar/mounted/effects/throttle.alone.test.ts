/** `disk throttle`: how fast things go. It measures time, so it runs alone. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { timed } from './clock.js';

describe('disk throttle', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  before(async () => {
    disk = await mountDisk();
    for (const name of ['hungry', 'modest']) writeFileSync(join(disk.mount, name), Buffer.alloc(1 << 20));
  });
  after(() => disk?.close());

  test('lets as many operations through in a second as it says', async (context) => {
    const ms = await throttled('disk throttle 200 iops on write', ({ hungry }) =>
      repeat(200, () => hungry.write('x', 0)),
    );
    near(context, ms, 1000);
  });

  test('lets as many bytes through in a second as it says', async (context) => {
    const ms = await throttled('disk throttle 4Mi/s on write', ({ hungry }) =>
      repeat(64, () => hungry.write(Buffer.alloc(65_536), 0, 65_536, 0)),
    );
    near(context, ms, 1000);
  });

  test('gives a file that asks for little as much as one that asks for much', async (context) => {
    const counts = { hungry: 0, modest: 0 };
    const total = () => counts.hungry + counts.modest;
    await throttled('disk throttle 200 iops on read', async (files) => {
      const reader = async (name: keyof typeof counts) => {
        for (; total() < 300; counts[name] += 1)
          await files[name].read(Buffer.alloc(512), 0, 512, 512 * total());
      };
      await Promise.all([reader('modest'), ...[1, 2, 3].map(() => reader('hungry'))]);
    });
    context.diagnostic(`modest ${counts.modest}, hungry ${counts.hungry}`);
    assert.ok(counts.modest >= 0.4 * total(), `the modest file got ${counts.modest} of ${total()}`);
  });

  /** How long it takes on files opened beneath the fault, whose every read is asked for. */
  async function throttled(sentence: string, use: (files: Files) => Promise<unknown>): Promise<number> {
    await disk.control.arm('slow', sentence);
    const [hungry, modest] = await Promise.all([
      open(join(disk.mount, 'hungry'), 'r+'),
      open(join(disk.mount, 'modest'), 'r+'),
    ]);
    const { ms } = await timed(() => use({ hungry, modest }));
    await disk.control.disarm('slow');
    for (const file of [hungry, modest]) await file.close();
    return ms;
  }
});

interface Files {
  readonly hungry: FileHandle;
  readonly modest: FileHandle;
}

async function repeat(times: number, act: () => Promise<unknown>): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) await act();
}

function near(context: TestContext, ms: number, expectedMs: number): void {
  context.diagnostic(`${ms.toFixed(0)} ms for what should take ${expectedMs} ms`);
  assert.ok(ms > 0.85 * expectedMs && ms < 1.3 * expectedMs, `it took ${ms} ms`);
}
