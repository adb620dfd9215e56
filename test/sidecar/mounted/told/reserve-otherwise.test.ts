/** What ext4 keeps for root is kept also from what is not a plain write of the user: names, attributes, pages, writes that wait. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { asUser } from '../libc/credentials.js';
import { map } from '../libc/memory.js';
import { setXattr } from '../libc/xattrs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { answerOf } from './answer-of.js';
import { type DiskBeneath, reservingDisk } from './disks-beneath.js';
import { fillAs, newDirectory, user } from './fill-as.js';
import { waysToWrite } from './ways-to-write.js';

const page = 4096;
/** More names than a block of a directory holds. */
const mostNames = 100;

describe('on a disk that keeps blocks for root', { skip: needs('root', 'fuse', 'loop') }, () => {
  let beneath: DiskBeneath;
  let disk: MountedDisk;
  let bare: string;
  before(async () => {
    beneath = reservingDisk();
    bare = newDirectory(join(beneath.directory, 'bare'));
    disk = await mountDisk({ backing: newDirectory(join(beneath.directory, 'served')) });
  });
  after(async () => {
    await disk?.close();
    await beneath?.close();
  });

  test('a write that waited for a fault gets none of them', async () => {
    const expected = fillAs(user, bare, waysToWrite.write);
    await disk.control.arm('late', 'disk latency 1ms on write');
    const found = fillAs(user, disk.mount, waysToWrite.write);
    await disk.control.disarmAll();
    assert.equal(expected.error, 'ENOSPC');
    assert.deepEqual(found, expected);
  });

  test('attributes and names get none of them', () => {
    const directories = [bare, disk.mount].map((each) => newDirectory(join(each, 'names')));
    for (const each of directories)
      asUser(user, () => writeFileSync(join(each, 'small'), 'x', { flush: true }));
    exhaust(bare);
    const [expected, found] = directories.map((directory) => {
      const small = join(directory, 'small');
      return asUser(user, () => ({
        attribute: answerOf(() => {
          setXattr(small, 'user.long', Buffer.alloc(3000, 'v'));
          return 0;
        }),
        links: untilRefused((name) => linkSync(small, join(directory, name))),
        directories: untilRefused((name) => mkdirSync(join(directory, `d${name}`))),
      }));
    });
    assert.equal(expected?.attribute, 'ENOSPC');
    assert.equal(expected?.links.error, 'ENOSPC');
    assert.deepEqual(found, expected);
  });

  test('a page that root stored gets one, though a user has mapped the file after him', (t) => {
    const path = join(disk.mount, 'shared');
    const fd = openSync(path, 'w+');
    t.after(() => closeSync(fd));
    chmodSync(path, 0o666);
    ftruncateSync(fd, page);
    exhaust(bare);
    const memory = map(fd, { length: page, shared: true, writable: true });
    t.after(() => memory.unmap());
    const others = asUser(user, () => openSync(path, 'r+'));
    t.after(() => closeSync(others));
    const mapped = map(others, { length: page, shared: true, writable: true });
    t.after(() => mapped.unmap());
    memory.store(0, Buffer.alloc(page, 'r'));
    memory.sync();
    assert.equal(readFileSync(join(disk.backing, 'shared'), 'latin1'), 'r'.repeat(page));
  });
});

/** Takes every block that the user is given. */
function exhaust(directory: string): void {
  const path = join(directory, 'rest');
  asUser(user, () => {
    const fd = openSync(path, 'a');
    for (let told: unknown = 0; typeof told === 'number'; ) {
      told = answerOf(() => {
        writeSync(fd, Buffer.alloc(page));
        fsyncSync(fd);
        return 0;
      });
    }
    closeSync(fd);
  });
}

interface Made {
  readonly names: number;
  readonly error: string | null;
}

/** Names of 200 letters each. */
function untilRefused(make: (name: string) => void): Made {
  for (let names = 0; names < mostNames; names++) {
    const told = answerOf(() => {
      make(String(names).padEnd(200, '-'));
      return 0;
    });
    if (typeof told === 'string') return { names, error: told };
  }
  return { names: mostNames, error: null };
}
