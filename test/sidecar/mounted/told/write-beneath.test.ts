/** With no fault armed: a program is told of a write what the disk beneath did, however it writes, and nothing better. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Need, needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { type DiskBeneath, faultyDisk, fullDisk, quotaDisk } from './disks-beneath.js';
import { prepare, removeFile, type WayName, type WayToWrite, waysToWrite } from './ways-to-write.js';
import { fill } from './write-until.js';

interface Kind {
  readonly make: () => DiskBeneath | Promise<DiskBeneath>;
  readonly needs: readonly Need[];
  /** The error that a program meets in the end; null where there is none. */
  readonly error: string | null;
  /** Ways that meet none, nor a count that is less than asked: why, in words. */
  readonly spared?: Partial<Record<WayName, string>>;
}

const kinds: Readonly<Record<string, Kind>> = {
  'that fills up': { make: fullDisk, needs: ['loop'], error: 'ENOSPC' },
  'with a quota': {
    make: quotaDisk,
    needs: ['loop', 'btrfs'],
    error: 'EDQUOT',
    spared: { copy_file_range: 'it shares the blocks of what it copies' },
  },
  'that fails': { make: faultyDisk('disk error EIO on write skip 4'), needs: [], error: 'EIO' },
  'that does less than it is asked': {
    make: faultyDisk('disk short 100000 on write'),
    needs: [],
    error: null,
    spared: { fallocate: 'it is done whole or not at all' },
  },
  'that does a part and then fails': {
    make: faultyDisk('disk short 100000 on write', 'disk error EIO on write skip 5'),
    needs: [],
    error: 'EIO',
  },
};
/** 2.4 MB: more than goes in where something is full. */
const pieces = 8;

for (const [name, kind] of Object.entries(kinds)) {
  describe(`on a disk ${name}`, { skip: needs('root', 'fuse', ...kind.needs) }, () => {
    let beneath: DiskBeneath;
    let disk: MountedDisk;
    before(async () => {
      beneath = await kind.make();
      disk = await mountDisk({ backing: beneath.directory });
      prepare(disk.mount);
    });
    after(async () => {
      await disk?.close();
      await beneath?.close();
    });

    for (const [wayName, way] of Object.entries<WayToWrite>(waysToWrite)) {
      test(`${wayName}: what is acknowledged lies beneath, and what does not is told`, async (t) => {
        await beneath.fail(false);
        removeFile(disk.mount);
        await beneath.fail(true);
        const told = await fill({ mount: disk.mount, backing: beneath.bytesAt, way, pieces });
        await beneath.fail(false);
        t.diagnostic(JSON.stringify(told));
        const isSpared = kind.spared?.[wayName as WayName] !== undefined;
        const error = isSpared ? null : kind.error;
        assert.equal(told.there, told.acknowledged);
        assert.equal(told.error, error);
        if (isSpared) assert.ok(told.answers.every((each) => each === told.answers[0]));
      });
    }
  });
}
