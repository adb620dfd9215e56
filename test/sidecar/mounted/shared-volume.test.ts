/**
 * A volume that is reached in a second way, as a claim of two pods is: what appears there meanwhile is met as on a bare
 * directory. The second way is the directory beneath.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startOtherProcess } from '../../conformance/other-process.js';
import { needs } from '../../needs.js';
import { asUser } from './libc/credentials.js';
import { mknod } from './libc/files.js';
import { withMount } from './mounted-disk.js';
import { until } from './until.js';

const S_IFIFO = 0o010000;

/** Opens a file as `a+` does, and prints what it reads there, or the error's code. */
const openAndRead = `
const fs = require('fs');
try {
  process.stdout.write(fs.readFileSync(fs.openSync(process.argv[1], 'a+'), 'utf8'));
} catch (error) {
  process.stdout.write(error.code);
}`;

interface Making {
  readonly title: string;
  readonly uid: number;
  readonly mode: number;
  readonly seen: string;
}

const makings: readonly Making[] = [
  { title: 'by nobody whom its mode refuses', uid: 2002, mode: 0o600, seen: 'EACCES' },
  { title: 'by others whom its mode lets', uid: 2002, mode: 0o666, seen: 'of the other' },
  { title: 'by its owner', uid: 0, mode: 0o600, seen: 'of the other' },
];

for (const { title, uid, mode, seen } of makings) {
  test(`a file that somebody makes in the second way while it is being created is opened ${title}`, {
    skip: needs('root', 'fuse'),
  }, async () => {
    await withMount(async (disk) => {
      const shared = join(disk.backing, 'shared');
      mkdirSync(shared);
      chmodSync(shared, 0o777);
      await disk.control.arm('slow', 'disk latency 30s on create');
      const opened = outputAs(uid, process.execPath, '-e', openAndRead, join(disk.mount, 'shared', 'token'));
      await disk.control.awaitParked(1);
      writeFileSync(join(shared, 'token'), 'of the other');
      chmodSync(join(shared, 'token'), mode);
      await disk.control.disarm('slow');
      assert.equal(await opened, seen);
      assert.equal(readFileSync(join(shared, 'token'), 'utf8'), 'of the other');
    });
  });
}

test('a FIFO that took the place and the number of a file is opened as a FIFO, and holds up nobody else', {
  skip: needs('root', 'fuse'),
}, async () => {
  await withMount(async (disk) => {
    const known = join(disk.mount, 'known');
    const beneath = join(disk.backing, 'known');
    replaceByFifo(known, beneath);
    const readers = Array.from({ length: 5 }, () => outputAs(0, 'head', '-c', '16', known));
    const other = startOtherProcess();
    try {
      let opened: unknown;
      void other.call('open', join(disk.mount, 'new'), 'w').then((fd) => {
        opened = fd;
      });
      await until(() => typeof opened === 'number');
      const fifo = openSync(known, 'r+');
      writeSync(fifo, 'through the FIFO');
      await Promise.race(readers);
      closeSync(fifo);
      assert.equal((await Promise.all(readers)).join(''), 'through the FIFO');
    } finally {
      await other.kill();
    }
  });
});

interface Taking {
  readonly title: string;
  /** In a sticky directory, with the name of what is another's by now. */
  readonly take: (directory: string) => void;
}

const takings: readonly Taking[] = [
  { title: 'removed', take: (directory) => unlinkSync(join(directory, 'name')) },
  {
    title: 'moved away',
    take: (directory) => renameSync(join(directory, 'name'), join(directory, 'away')),
  },
  {
    title: 'moved over',
    take: (directory) => {
      writeFileSync(join(directory, 'mine'), '');
      renameSync(join(directory, 'mine'), join(directory, 'name'));
    },
  },
];

test("a file that took the place of the caller's own in a sticky directory is not taken from its owner", {
  skip: needs('root', 'fuse'),
}, async () => {
  await withMount(async (disk) => {
    for (const { title, take } of takings) {
      const [served, beneath] = [disk.mount, disk.backing].map((each) => join(each, title)) as [
        string,
        string,
      ];
      mkdirSync(beneath);
      chmodSync(beneath, 0o1777);
      asUser({ uid: 2002, gid: 2002 }, () => writeFileSync(join(served, 'name'), 'own'));
      rmSync(join(beneath, 'name'));
      writeFileSync(join(beneath, 'name'), 'of root', { mode: 0o600 });
      const taken = asUser({ uid: 2002, gid: 2002 }, () => codeOf(() => take(served)));
      assert.match(taken, /^E(PERM|ACCES|STALE)$/, title);
      assert.equal(readFileSync(join(beneath, 'name'), 'utf8'), 'of root', title);
    }
  });
});

function codeOf(act: () => void): string {
  try {
    act();
    return 'done';
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

/** Makes a file, has the mount know it, and puts a FIFO of the same inode number into its place. */
function replaceByFifo(known: string, beneath: string): void {
  for (let tries = 0; tries < 1000; tries++) {
    writeFileSync(beneath, 'content');
    const { ino } = statSync(known);
    rmSync(beneath);
    mknod(beneath, S_IFIFO | 0o644, 0);
    if (lstatSync(beneath).ino === ino) return;
    rmSync(beneath);
  }
  throw new Error('this file system does not use a number again');
}

function outputAs(uid: number, program: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(program, args, {
    uid,
    gid: uid,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 120_000,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
