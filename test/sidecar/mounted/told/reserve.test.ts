/**
 * ext4 keeps blocks for root. Who may have them is told so through the mount, and who may not is refused where the bare
 * directory refuses him, though it is root who serves.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import type { User } from '../libc/credentials.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { type DiskBeneath, reservingDisk } from './disks-beneath.js';
import { fillAs, newDirectory, root, user } from './fill-as.js';
import { pieceBytes, prepare, type WayName, type WayToWrite, waysToWrite } from './ways-to-write.js';

const mib = 2 ** 20;
/** What the journal and the maps of blocks take varies; kept for root are 4 MiB. */
const noiseBytes = 2 * pieceBytes;

interface Kind {
  readonly options: readonly string[];
  readonly who: User;
  readonly mayUse: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  'a user gets none of what is kept for root': { options: [], who: user, mayUse: false },
  'root gets it': { options: [], who: root, mayUse: true },
  'the user whom it is kept for gets it': { options: ['resuid=2002'], who: user, mayUse: true },
  'the group which it is kept for gets it': { options: ['resgid=2002'], who: user, mayUse: true },
};

/** On the bare disk a store into a mapping for which there is no room is SIGBUS: a write is compared with. */
const alikeBeneath: Partial<Record<WayName, WayName>> = {
  'store in a mapping': 'write within the file',
  'store in a mapping of an O_DIRECT descriptor': 'write within the file',
};

for (const [name, { options, who, mayUse }] of Object.entries(kinds)) {
  describe(name, { skip: needs('root', 'fuse', 'loop') }, () => {
    let beneath: DiskBeneath;
    let disk: MountedDisk;
    let bare: string;
    before(async () => {
      beneath = reservingDisk(...options);
      bare = newDirectory(join(beneath.directory, 'bare'));
      disk = await mountDisk({ backing: newDirectory(join(beneath.directory, 'served')) });
      for (const each of [bare, disk.mount]) prepare(each);
    });
    after(async () => {
      await disk?.close();
      await beneath?.close();
    });

    for (const [wayName, way] of Object.entries<WayToWrite>(waysToWrite)) {
      test(wayName, (t) => {
        const wayBeneath: WayToWrite = waysToWrite[alikeBeneath[wayName as WayName] ?? (wayName as WayName)];
        const expected = fillAs(who, bare, wayBeneath);
        const found = fillAs(who, disk.mount, way);
        t.diagnostic(JSON.stringify({ expected, found }));
        assert.deepEqual([expected.error, found.error], ['ENOSPC', 'ENOSPC']);
        assert.ok(Math.abs(found.bytes - expected.bytes) <= noiseBytes);
        assert.equal(expected.bytes > 9 * mib, mayUse);
      });
    }
  });
}
