/** Under each effect: what a program is told of a write is what was done, and a fault counts what the program could see. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import {
  pieceBytes,
  prepare,
  removeFile,
  type WayName,
  type WayToWrite,
  waysToWrite,
} from './ways-to-write.js';
import { fill, type Told } from './write-until.js';

/** How a program meets a fault: in a count, in an error, or only in time, or not at all. */
type Met = 'short' | 'ENOSPC' | 'EIO' | 'EROFS' | 'waits' | 'spared';

interface Case {
  readonly sentence: string;
  readonly met: Met;
  /** Where it is met otherwise. */
  readonly but?: Partial<Record<WayName, Met>>;
  /** The only ways that are tried: each takes its time. */
  readonly only?: readonly WayName[];
  /** Can a file be opened to write under it? */
  readonly refusesOpen?: boolean;
}

const cases: readonly Case[] = [
  {
    sentence: 'disk short 100000',
    met: 'short',
    but: {
      'O_DIRECT write': 'spared',
      'O_DIRECT write within the file': 'spared',
      'store in a mapping': 'spared',
      'store in a mapping of an O_DIRECT descriptor': 'spared',
      fallocate: 'spared',
    },
  },
  { sentence: 'disk full after 700000B', met: 'ENOSPC' },
  { sentence: 'disk error EIO on write skip 2', met: 'EIO' },
  { sentence: 'disk readonly', met: 'EROFS', refusesOpen: true },
  { sentence: 'disk corrupt 64 bits', met: 'spared' },
  { sentence: 'disk latency 2ms on write', met: 'waits' },
  { sentence: 'disk throttle 50Mi/s', met: 'waits', but: { fallocate: 'spared' } },
  {
    sentence: 'disk freeze on write for 1s',
    met: 'waits',
    only: ['write', 'O_DIRECT write', 'store in a mapping'],
  },
];
const wayNames = Object.keys(waysToWrite) as WayName[];
const pieces = 4;

describe('with a fault armed', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  before(async () => {
    disk = await mountDisk();
    prepare(disk.mount);
  });
  after(() => disk?.close());

  for (const { sentence, met, but, only, refusesOpen } of cases) {
    for (const moment of refusesOpen ? ['before'] : ['before', 'after']) {
      for (const name of only ?? wayNames) {
        const way: WayToWrite = waysToWrite[name];
        test(`${sentence}: ${name}, opened ${moment} it was armed`, async (t) => {
          const told = await fillUnder(sentence, way, moment);
          const { injected } = (await disk.control.fault('f')).tallies;
          await disk.control.disarm('f');
          t.diagnostic(JSON.stringify({ ...told, injected }));
          assert.equal(told.there, told.acknowledged);
          const expected = but?.[name] ?? met;
          assert.equal(howMet(told), expected === 'waits' ? 'spared' : expected);
          // What is read before it is written over is corrupted too: that is counted, and is no matter of this test.
          if (!sentence.includes('corrupt')) assert.equal(injected > 0, expected !== 'spared');
        });
      }
    }
  }

  async function fillUnder(sentence: string, way: WayToWrite, moment: string): Promise<Told> {
    removeFile(disk.mount);
    const arm = (): Promise<void> => disk.control.arm('f', sentence);
    if (moment === 'after') await arm();
    const whenOpen = moment === 'before' ? { whenOpen: arm } : {};
    return await fill({ mount: disk.mount, backing: disk.backing, way, pieces, ...whenOpen });
  }
});

function howMet({ answers, error }: Told): string {
  if (error !== null) return error;
  return answers.some((each) => each < pieceBytes) ? 'short' : 'spared';
}
