/**
 * A file system beneath that answers ENOSYS. Passed on, the kernel would take it for ours: it would never ask again for
 * any file. So it is the same error, that harms nobody, whether a request is carried out at once or after a wait.
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../needs.js';
import { mknod } from './libc/files.js';
import { type MountedDisk, mountDisk } from './mounted-disk.js';

const withoutCalls = new URL('./without-calls.js', import.meta.url).href;

/** By the verb that the request has. */
const calls: Readonly<Record<string, (directory: string) => void>> = {
  create: (directory) => closeSync(openSync(join(directory, 'new'), 'w')),
  mknod: (directory) => mknod(join(directory, 'fifo'), 0o10644, 0),
  mkdir: (directory) => mkdirSync(join(directory, 'new')),
  symlink: (directory) => symlinkSync('target', join(directory, 'new')),
  unlink: (directory) => unlinkSync(join(directory, 'file')),
  rmdir: (directory) => rmdirSync(join(directory, 'directory')),
  setattr: (directory) => chmodSync(join(directory, 'file'), 0o600),
  readlink: (directory) => readlinkSync(join(directory, 'link')),
};

describe('beneath a request is not supported at all', { skip: needs('root', 'fuse') }, () => {
  let beneath: MountedDisk;
  let disk: MountedDisk;
  before(async () => {
    beneath = await withNodeOptions(`--import ${withoutCalls}`, () => mountDisk());
    writeFileSync(join(beneath.backing, 'file'), 'content');
    mkdirSync(join(beneath.backing, 'directory'));
    symlinkSync('target', join(beneath.backing, 'link'));
    disk = await mountDisk({ backing: beneath.mount });
  });
  after(async () => {
    await disk?.close();
    await beneath?.close();
  });

  for (const [verb, call] of Object.entries(calls)) {
    test(`${verb} fails alike at once and after a wait, and is asked for again`, async () => {
      assert.equal(
        codeOf(() => call(beneath.mount)),
        'ENOSYS',
        'the file system beneath has it after all',
      );
      const atOnce = codeOf(() => call(disk.mount));
      await disk.control.arm('slow', `disk latency 1ms on ${verb}`);
      const delayed = codeOf(() => call(disk.mount));
      const { injected } = (await disk.control.fault('slow')).tallies;
      await disk.control.disarm('slow');
      assert.deepEqual(
        { atOnce, delayed, injected },
        { atOnce: 'EOPNOTSUPP', delayed: 'EOPNOTSUPP', injected: 1 },
      );
      const asked = await disk.control.operations(verb);
      codeOf(() => call(disk.mount));
      assert.equal(await disk.control.operations(verb), asked + 1, 'the kernel asks no more');
    });
  }
});

async function withNodeOptions<T>(more: string, start: () => Promise<T>): Promise<T> {
  const { NODE_OPTIONS = '' } = process.env;
  process.env['NODE_OPTIONS'] = `${NODE_OPTIONS} ${more}`;
  try {
    return await start();
  } finally {
    process.env['NODE_OPTIONS'] = NODE_OPTIONS;
  }
}

function codeOf(call: () => void): string {
  try {
    call();
    return 'none';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return code === 'ENOTSUP' ? 'EOPNOTSUPP' : code;
  }
}
