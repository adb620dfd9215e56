/**
 * What no FUSE file system can offer: the kernel answers by itself, and never asks. Pinned to the answer, here and on the
 * directory beneath, so that docs/reference/fuse.md stays true and a kernel that learns one of these is noticed.
 */
import assert from 'node:assert/strict';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { callError, cString, libc } from './libc/call.js';
import { pages } from './libc/memory.js';
import { withMount } from './mounted-disk.js';

const calls = {
  fanotify_init: libc.func('int fanotify_init(uint flags, uint eventFlags)'),
  fanotify_mark: libc.func(
    'int fanotify_mark(int fd, uint flags, uint64_t mask, int directory, const void *path)',
  ),
  ioctl: libc.func('int ioctl(int fd, unsigned long request, ...)'),
  pathconf: libc.func('long pathconf(const void *path, int name)'),
  preadv2: libc.func('int64_t preadv2(int fd, const void *parts, int count, int64_t offset, int flags)'),
};

const said = (name: string, result: number | bigint): string =>
  Number(result) < 0 ? (callError(name).code ?? '?') : 'ok';

/** Into one part of memory: `struct iovec` is an address and a length. */
function readWithoutWaiting(path: string): string {
  const RWF_NOWAIT = 8;
  const memory = pages(4096);
  const part = Buffer.alloc(16);
  part.writeBigUInt64LE(BigInt(memory.address), 0);
  part.writeBigUInt64LE(16n, 8);
  const fd = openSync(path, 'r');
  const answer = said('preadv2', calls.preadv2(fd, part, 1, 0, RWF_NOWAIT));
  closeSync(fd);
  memory.unmap();
  return answer;
}

/** struct fiemap of linux/fiemap.h, for the whole file and room for no extent: the answer is how many there are. */
function mapExtents(path: string): string {
  const FS_IOC_FIEMAP = 0xc020660b;
  const request = Buffer.alloc(32);
  request.writeBigUInt64LE(2n ** 64n - 1n, 8);
  const fd = openSync(path, 'r');
  const answer = said('ioctl', calls.ioctl(fd, FS_IOC_FIEMAP, 'void *', request));
  closeSync(fd);
  return answer;
}

/** Of the whole file system, told by file handles: what a backup or an indexer asks for. */
function markFileSystem(path: string): string {
  const [FAN_REPORT_FID, FAN_MARK_ADD, FAN_MARK_FILESYSTEM, FAN_CREATE, AT_FDCWD] = [
    0x200, 1, 0x100, 0x100, -100,
  ];
  const group = calls.fanotify_init(FAN_REPORT_FID, 0);
  assert.ok(group >= 0);
  const answer = said(
    'fanotify_mark',
    calls.fanotify_mark(group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_CREATE, AT_FDCWD, cString(path)),
  );
  closeSync(group);
  return answer;
}

function mostLinks(path: string): string {
  const PC_LINK_MAX = 0;
  return String(calls.pathconf(cString(path), PC_LINK_MAX));
}

interface Question {
  readonly ask: (path: string) => string;
  readonly mount: string;
}

const questions: Readonly<Record<string, Question>> = {
  'a read that must not wait (RWF_NOWAIT)': { ask: readWithoutWaiting, mount: 'EOPNOTSUPP' },
  'where the blocks of a file lie (FIEMAP)': { ask: mapExtents, mount: 'EOPNOTSUPP' },
  'fanotify marks of a file system by file handles': { ask: markFileSystem, mount: 'ENODEV' },
  'the most links of a file (_PC_LINK_MAX)': { ask: mostLinks, mount: '127' },
};

test(
  'what the kernel does not let through is answered as docs/reference/fuse.md says',
  { skip: needs('root', 'fuse') },
  () =>
    withMount(async ({ bare, mount }) => {
      for (const [name, { ask, mount: expected }] of Object.entries(questions)) {
        for (const directory of [bare, mount]) writeFileSync(join(directory, 'file'), 'x'.repeat(4096));
        assert.equal(ask(join(mount, 'file')), expected, name);
        assert.notEqual(ask(join(bare, 'file')), expected, `${name}, on the directory beneath`);
      }
    }),
);
