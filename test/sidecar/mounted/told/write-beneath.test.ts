/** With no fault armed: a program is told of a write what the disk beneath did, however it writes, and nothing better. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Need, needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { type DiskBeneath, type FaultyDisk, faultyDisk, fullDisk, quotaDisk } from './disks-beneath.js';
import { prepare, removeFile, type WayName, type WayToWrite, waysToWrite } from './ways-to-write.js';
import { fill } from './write-until.js';

interface Kind {
  /** The error that a program meets in the end; null where there is none. */
  readonly error: string | null;
  /** Ways that meet none, nor a count that is less than asked: why, in words. */
  readonly spared?: Partial<Record<WayName, string>>;
}

interface BoundedKind extends Kind {
  readonly make: () => DiskBeneath;
  readonly needs: readonly Need[];
}

interface FaultyKind extends Kind {
  readonly sentences: readonly string[];
}

/** On file systems of their own. */
const bounded: Readonly<Record<string, BoundedKind>> = {
  'that fills up': { make: fullDisk, needs: ['loop'], error: 'ENOSPC' },
  'with a quota': {
    make: quotaDisk,
    needs: ['loop', 'btrfs'],
    error: 'EDQUOT',
    spared: { copy_file_range: 'it shares the blocks of what it copies' },
  },
};

/** On one that fails as it is told. */
const faulty: Readonly<Record<string, FaultyKind>> = {
  'that fails': { sentences: ['disk error EIO on write skip 4'], error: 'EIO' },
  'that does less than it is asked': {
    sentences: ['disk short 100000 on write'],
    error: null,
    spared: { fallocate: 'it is done whole or not at all' },
  },
  'that does a part and then fails': {
    sentences: ['disk short 100000 on write', 'disk error EIO on write skip 5'],
    error: 'EIO',
  },
};
/** 2.4 MB: more than goes in where something is full. */
const pieces = 8;

for (const [name, kind] of Object.entries(bounded)) {
  describe(`on a disk ${name}`, { skip: needs('root', 'fuse', ...kind.needs) }, () => {
    let beneath: DiskBeneath;
    let disk: MountedDisk;
    before(async () => {
      beneath = kind.make();
      disk = await mountDisk({ backing: beneath.directory });
      prepare(disk.mount);
    });
    after(async () => {
      await disk?.close();
      await beneath?.close();
    });
    writeInEveryWay(kind, () => ({ beneath, disk }));
  });
}

describe('on a disk beneath that is faulty', { skip: needs('root', 'fuse') }, () => {
  let beneath: FaultyDisk;
  let disk: MountedDisk;
  before(async () => {
    beneath = await faultyDisk();
    disk = await mountDisk({ backing: beneath.directory });
    prepare(disk.mount);
  });
  after(async () => {
    await disk?.close();
    await beneath?.close();
  });
  for (const [name, kind] of Object.entries(faulty))
    describe(`on a disk ${name}`, () => {
      writeInEveryWay(kind, () => ({ beneath: beneath.failingBy(...kind.sentences), disk }));
    });
});

interface Disks {
  readonly beneath: DiskBeneath;
  readonly disk: MountedDisk;
}

function writeInEveryWay(kind: Kind, disks: () => Disks): void {
  for (const [wayName, way] of Object.entries<WayToWrite>(waysToWrite)) {
    test(`${wayName}: what is acknowledged lies beneath, and what does not is told`, async (t) => {
      const { beneath, disk } = disks();
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
}
