/**
 * Nobody reads the past: after a write was acknowledged, every read that starts later shows it or what came after it,
 * however the file is written and read. The bare directory keeps to that; it is the control.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { playApart, type Schedule } from './play.js';

const seed = Number(process.env['HAVOCK8S_RANDOM_SEED'] ?? Date.now() % 2 ** 31);
const copies = { blocks: 160, readers: ['opened', 'opened'], always: true } as const;
const libaio: Schedule = { ...copies, writers: ['libaio'] };
const uring: Schedule = { ...copies, writers: ['uring'] };
const everybody: Schedule = {
  blocks: 64,
  writers: ['buffered', 'direct', 'libaio', 'uring', 'mapped'],
  readers: ['buffered', 'opened', 'mapped', 'direct'],
  always: false,
};

const throughTheCache: Schedule = {
  blocks: 64,
  writers: ['buffered'],
  readers: ['buffered', 'opened', 'mapped', 'direct'],
  always: false,
};

/** Sentences that are armed for a tenth of a second, and not for another, by turns; or for the whole time. */
interface Faults {
  readonly sentence: string;
  readonly byTurns: boolean;
}

/** How long each schedule plays; the bare directory has shown for long what it does. */
export interface PlayMs {
  readonly mount: number;
  readonly bare: number;
}

export function noReadShowsThePast(ms: PlayMs): void {
  describe('no read shows the past', { skip: needs('root', 'fuse') }, () => {
    let disk: MountedDisk;
    before(async () => {
      disk = await mountDisk();
    });
    after(() => disk?.close());

    const plays = (name: string, schedule: Schedule, faults: Faults | null = null): void => {
      test(name, async (context) => {
        if (!faults) await checkedPlay(context, join(disk.bare, 'file'), schedule, ms.bare);
        const over = faults ? armed(disk, faults) : null;
        await checkedPlay(context, join(disk.mount, 'file'), schedule, ms.mount).finally(over);
      });
    };

    plays('where libaio writes 640 KiB past the cache, and two others copy the file', libaio);
    plays('where io_uring writes 640 KiB past the cache, and two others copy the file', uring);
    plays('where everybody writes and reads in ways of their own', everybody);
    plays('nor while reads and writes are delayed', everybody, {
      sentence: 'disk latency 5ms on read,write chance 30%',
      byTurns: false,
    });
    plays('nor while files are opened past the cache and through it by turns', everybody, {
      sentence: 'disk error EIO on read chance 0.0001%',
      byTurns: true,
    });
    plays('nor while reads are frozen, with their pages, and go on', everybody, {
      sentence: 'disk freeze on read chance 5% for 10s',
      byTurns: true,
    });
    plays(
      'nor of a write through the cache whose pages a fault on reads has the kernel forget',
      throughTheCache,
      {
        sentence: 'disk freeze on read chance 5% for 10s',
        byTurns: true,
      },
    );
  });
}

async function checkedPlay(
  context: TestContext,
  path: string,
  schedule: Schedule,
  forMs: number,
): Promise<void> {
  const { flaws, moves } = await playApart(path, schedule, { seed, ms: forMs });
  context.diagnostic(`seed ${seed}, ${JSON.stringify(moves)}`);
  assert.deepEqual(flaws, []);
}

/** Returns what ends it. */
function armed({ control }: MountedDisk, { sentence, byTurns }: Faults): () => Promise<void> {
  let isOver = false;
  const turns = (async () => {
    do {
      await control.arm('fault', sentence);
      await turn();
      if (byTurns) await control.disarm('fault');
      if (byTurns) await turn();
    } while (!isOver);
    await control.disarm('fault');
  })();
  return () => {
    isOver = true;
    return turns;
  };
}

const turn = (): Promise<void> =>
  new Promise((next) => {
    setTimeout(next, 100);
  });
