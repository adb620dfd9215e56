/** A program that reads gets what lies beneath, to the end of the file, or is told why not; and is never told an end that is none. */
import assert from 'node:assert/strict';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { dropCache } from '../libc/files.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { type FaultyDisk, faultyDisk } from './disks-beneath.js';
import { type Got, type WayToRead, waysToRead } from './ways-to-read.js';
import { content as piece } from './ways-to-write.js';

/** Ends within a page. */
const content = Buffer.concat([piece, piece.subarray(0, 1234)]);
const skip = needs('root', 'fuse');

interface Kind {
  readonly sentences: readonly string[];
  /** Is there an error, of which the program must be told? */
  readonly fails: boolean;
}

const beneath: Readonly<Record<string, Kind>> = {
  'does less than it is asked': { sentences: ['disk short 100000 on read'], fails: false },
  fails: { sentences: ['disk error EIO on read'], fails: true },
  'does a part and then fails': {
    sentences: ['disk short 100000 on read', 'disk error EIO on read skip 1'],
    fails: true,
  },
};

describe('with no fault armed', { skip }, () => {
  let faulty: FaultyDisk;
  let disk: MountedDisk;
  before(async () => {
    faulty = await faultyDisk();
    disk = await mountDisk({ backing: faulty.directory });
    writeFileSync(join(disk.mount, 'file'), content);
  });
  after(async () => {
    await disk?.close();
    await faulty?.close();
  });

  for (const [name, { sentences, fails }] of Object.entries(beneath)) {
    describe(`on a disk that ${name}`, () => {
      for (const [wayName, way] of Object.entries<WayToRead>(waysToRead)) {
        test(`${wayName}: what comes is what lies beneath, to the end or to the error`, async (t) => {
          const lower = faulty.failingBy(...sentences);
          await lower.fail(true);
          forget(join(disk.mount, 'file'));
          const got = await readBy(way, disk.mount, lower.bytesAt);
          await lower.fail(false);
          const later = await readBy(way, disk.mount, lower.bytesAt);
          t.diagnostic(tell(got));
          assert.ok(got.bytes.equals(content.subarray(0, got.bytes.length)), 'other bytes came');
          assert.equal(got.error !== null, fails);
          assert.ok(fails || got.bytes.length === content.length, `${got.bytes.length} bytes came`);
          assert.equal(got.size, content.length);
          assert.ok(later.bytes.equals(content), 'it stays so when the disk is well again');
        });
      }
    });
  }
});

async function readBy(way: WayToRead, mount: string, beneath: string): Promise<Got> {
  const opened = await way({ mount, beneath, length: content.length });
  try {
    return await opened.readOn();
  } finally {
    opened.close();
  }
}

function forget(path: string): void {
  const fd = openSync(path, 'r');
  dropCache(fd);
  closeSync(fd);
}

const tell = ({ counts, error, bytes, size }: Got): string =>
  JSON.stringify({ counts, error, bytes: bytes.length, size });
