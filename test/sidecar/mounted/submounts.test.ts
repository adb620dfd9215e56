/** File systems that are mounted within the disk: their files are told apart, as on the bare directory. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { killFaultProxy } from './kill-fault-proxy.js';
import { openDirectory } from './libc/directory-stream.js';
import { withMount } from './mounted-disk.js';

const mounts = ['m1', 'm2'] as const;

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${stderr}`);
}

async function withSubmounts(directory: string, use: () => Promise<void>): Promise<void> {
  const made: string[] = [];
  try {
    for (const [index, name] of mounts.entries()) {
      const path = join(directory, name);
      mkdirSync(path);
      run('mount', '-t', 'tmpfs', '-o', `size=${index + 1}m`, 'tmpfs', path);
      made.push(path);
      writeFileSync(join(path, 'f'), name);
    }
    await use();
  } finally {
    for (const path of made) run('umount', '-l', path);
  }
}

function codeOf(act: () => void): string {
  try {
    act();
    return 'done';
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

test('two file systems mounted within the disk are two, by number, size and what cannot go between them', {
  skip: needs('root', 'fuse'),
}, async () => {
  await withMount(async (disk) => {
    await withSubmounts(disk.backing, async () => {
      const [one, other] = mounts.map((name) => join(disk.mount, name, 'f')) as [string, string];
      const identities = (): string[] =>
        [one, other].map((path) => {
          const { dev, ino } = lstatSync(path, { bigint: true });
          return `${dev}:${ino}`;
        });
      const [first, second] = identities();
      assert.notEqual(first, second);
      const directory = openDirectory(join(disk.mount, 'm2'));
      const listed = directory.rest().find(({ name }) => name === 'f')?.ino;
      directory.close();
      assert.equal(listed, lstatSync(other, { bigint: true }).ino, 'as the directory lists it');
      const sizes = mounts.map((name) => {
        const { bsize, blocks } = statfsSync(join(disk.mount, name));
        return bsize * blocks;
      });
      assert.deepEqual(sizes, [2 ** 20, 2 ** 21]);
      assert.equal(
        codeOf(() => renameSync(one, join(disk.mount, 'm2', 'moved'))),
        'EXDEV',
      );
      assert.equal(
        codeOf(() => linkSync(one, join(disk.mount, 'm2', 'linked'))),
        'EXDEV',
      );
      run('cp', one, other);
      assert.equal(readFileSync(other, 'utf8'), 'm1');
      copyFileSync(one, join(disk.mount, 'copy'));
      await killFaultProxy(disk);
      assert.deepEqual(identities(), [first, second], 'and so after a death');
    });
  });
});
