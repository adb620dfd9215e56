import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CachedRead } from '../../../sidecar/disk/cached-read.js';
import { allocate } from '../../../sidecar/linux/memory.js';

function opened(t: TestContext, path: string): number {
  const fd = openSync(path, 'r');
  t.after(() => closeSync(fd));
  return fd;
}

test('what was just written is read from the page cache, at any position', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-cached-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'file');
  writeFileSync(path, 'some content');
  const memory = allocate(4096);
  const cached = new CachedRead();
  const fd = opened(t, path);
  assert.equal(cached.read(fd, memory.address, 7, 5), 7);
  assert.equal(Buffer.from(memory.bytes.subarray(0, 7)).toString(), 'content');
  assert.equal(cached.read(fd, memory.address, 100, 5), 7);
  assert.equal(cached.read(fd, memory.address, 100, 2n ** 62n), 0);
});

test('a position that is none, and a file system that cannot tell, are left to the read that may wait', (t) => {
  const memory = allocate(4096);
  const cached = new CachedRead();
  assert.equal(cached.read(opened(t, '/proc/self/status'), memory.address, 10, -1n), 0);
  assert.equal(cached.read(opened(t, '/proc/self/status'), memory.address, 10, 0), 0);
});
