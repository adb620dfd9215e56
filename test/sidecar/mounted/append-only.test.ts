/** Files with attributes of chattr(1), on the mount and on a bare directory: what can be done to them is the same. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { awaitClockStep } from './libc/clock.js';
import { ioctl } from './libc/files.js';
import { withMount } from './mounted-disk.js';

const FS_IOC_GETFLAGS = 0x80086601;
const FS_IOC_SETFLAGS = 0x40086602;
const FS_APPEND_FL = 0x20;
const FS_NODUMP_FL = 0x40;

/** As chattr(1) does: `flag` alone is changed. */
function setFlag(path: string, flag: number, on: boolean): void {
  const fd = openSync(path, 'r');
  const value = Buffer.alloc(8);
  try {
    ioctl(fd, FS_IOC_GETFLAGS, value);
    const others = value.readUInt32LE() & ~flag;
    value.writeUInt32LE(on ? others | flag : others);
    ioctl(fd, FS_IOC_SETFLAGS, value);
  } finally {
    closeSync(fd);
  }
}

const attempts: readonly ((path: string) => unknown)[] = [
  (path) => appendFileSync(path, 'two\n'),
  (path) => appendFileSync(path, 'three\n'),
  (path) => closeSync(openSync(path, 'a+')),
  (path) => closeSync(openSync(path, 'r+')),
  (path) => closeSync(openSync(path, 'w')),
  (path) => unlinkSync(path),
  (path) => renameSync(path, `${path}2`),
  (path) => readFileSync(path, 'utf8'),
];

function outcome(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

test('a file that can only be appended to is appended to', { skip: needs('root', 'fuse') }, async () => {
  await withMount(async (disk) => {
    const outcomes = [disk.bare, disk.mount].map((directory) => {
      const path = join(directory, 'log');
      writeFileSync(path, 'one\n');
      setFlag(path, FS_APPEND_FL, true);
      try {
        return attempts.map((act) => outcome(() => act(path)));
      } finally {
        setFlag(path, FS_APPEND_FL, false);
      }
    });
    assert.equal(outcomes[0]?.at(-1), 'one\ntwo\nthree\n');
    assert.deepEqual(outcomes[1], outcomes[0]);
  });
});

test('flags that were set show in ctime at once', { skip: needs('root', 'fuse') }, async () => {
  await withMount(async (disk) => {
    const [path, beneath] = [disk.mount, disk.backing].map((each) => join(each, 'file')) as [string, string];
    writeFileSync(path, '');
    for (const on of [true, false]) {
      const before = statSync(path, { bigint: true }).ctimeNs;
      awaitClockStep();
      setFlag(path, FS_NODUMP_FL, on);
      const { ctimeNs } = statSync(path, { bigint: true });
      assert.ok(ctimeNs > before);
      assert.equal(ctimeNs, statSync(beneath, { bigint: true }).ctimeNs);
    }
  });
});
