/** Under faults on reads: an end of the file is where it is, and a fault counts what the program could see. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { type Got, type WayName, type WayToRead, waysToRead } from './ways-to-read.js';
import { content as piece } from './ways-to-write.js';

/** Ends within a page. */
const content = Buffer.concat([piece, piece.subarray(0, 1234)]);

/** `unseen`: it hit what the kernel shows to nobody. */
type Met = 'short' | 'error' | 'other bytes' | 'spared' | 'unseen';
type Moment = 'before' | 'after';

interface Case {
  readonly sentence: string;
  readonly met: Met;
  /** How often it hits, where that can be said. */
  readonly hits?: number;
  /** Where it is met otherwise: at both moments, or at one. */
  readonly but?: Partial<Record<WayName, Met | Partial<Record<Moment, Met>>>>;
}

const cases: readonly Case[] = [
  {
    sentence: 'disk short 100000',
    met: 'short',
    but: {
      read: { before: 'spared' },
      'O_DIRECT read': { before: 'spared' },
      'load from a mapping': 'spared',
    },
  },
  { sentence: 'disk error EIO on read', met: 'error' },
  {
    sentence: 'disk error EIO on read once',
    met: 'error',
    hits: 1,
    // The kernel asks three times for a page of a mapping, and shows the third answer: fault, and fault tried again.
    but: { 'load from a mapping': 'unseen' },
  },
  {
    sentence: 'disk corrupt 64 bits',
    met: 'other bytes',
    but: { 'copy_file_range to another file': 'spared' },
  },
];

describe('with a fault on reads armed', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  before(async () => {
    disk = await mountDisk();
    writeFileSync(join(disk.mount, 'file'), content);
  });
  after(() => disk?.close());

  for (const { sentence, met, hits, but } of cases) {
    for (const moment of ['before', 'after'] as const) {
      for (const [name, way] of Object.entries<WayToRead>(waysToRead)) {
        test(`${sentence}: ${name}, opened ${moment} it was armed`, async (t) => {
          const got = await readUnder(sentence, way, moment);
          const { injected } = (await disk.control.fault('f')).tallies;
          await disk.control.disarm('f');
          t.diagnostic(JSON.stringify({ ...got, bytes: got.bytes.length, injected }));
          const otherwise = but?.[name as WayName];
          const expected = (typeof otherwise === 'object' ? otherwise[moment] : otherwise) ?? met;
          const wanted = expected === 'unseen' ? 'spared' : expected;
          // Of two requests of one read the second may be the first to arrive: what was read before it counts.
          const ways = hits === 1 && wanted === 'error' ? [wanted, 'short'] : [wanted];
          assert.ok(ways.includes(howMet(got)), `${howMet(got)}, expected ${ways.join(' or ')}`);
          assert.equal(injected > 0, expected !== 'spared');
          if (hits !== undefined) assert.equal(injected, hits);
          assert.equal(got.size, content.length);
          assert.ok(got.error !== null || got.bytes.length === content.length);
          assert.ok(readFileSync(join(disk.mount, 'file')).equals(content), 'nothing stays when it is over');
        });
      }
    }
  }

  async function readUnder(sentence: string, way: WayToRead, moment: Moment): Promise<Got> {
    const arm = (): Promise<void> => disk.control.arm('f', sentence);
    if (moment === 'after') await arm();
    const opened = await way({ mount: disk.mount, beneath: disk.backing, length: content.length });
    try {
      if (moment === 'before') await arm();
      return await opened.readOn();
    } finally {
      opened.close();
    }
  }
});

function howMet({ counts, error, bytes }: Got): Met {
  if (error !== null) return 'error';
  if (!bytes.equals(content)) return 'other bytes';
  return counts.length > 1 ? 'short' : 'spared';
}
