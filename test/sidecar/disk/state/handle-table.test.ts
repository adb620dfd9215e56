import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HandleTable, handleHow } from '../../../../sidecar/disk/state/handle-table.js';
import { newState } from './new-state.js';

const handle = { fd: 0, inode: 7, flags: 2, how: 0, uid: 2002, gid: 2003 } as const;

test('a handle keeps what it was opened with', (t) => {
  const table = new HandleTable(newState(t));
  const fh = table.add({ ...handle, fd: 5, flags: 0o100002, how: handleHow.directory });
  assert.deepEqual(
    [table.has(fh), table.fd(fh), table.inode(fh), table.flags(fh), table.position(fh)],
    [true, 5, 7, 0o100002, 0n],
  );
  assert.deepEqual([table.uid(fh), table.gid(fh)], [2002, 2003]);
  assert.equal(table.how(fh), handleHow.used | handleHow.directory);
});

test('no handle is 0, which stands for none', (t) => {
  const table = new HandleTable(newState(t));
  assert.deepEqual([table.has(0), table.fd(0)], [false, -1]);
  assert.equal(table.add(handle), 1);
});

test('a handle that was let go of is nobody\u2019s, and its number is given out again', (t) => {
  const table = new HandleTable(newState(t));
  const fh = table.add({ ...handle, fd: 5, how: handleHow.direct });
  table.setPosition(fh, -1n);
  assert.equal(table.remove(fh), 5);
  assert.deepEqual([table.has(fh), table.fd(fh)], [false, -1]);
  assert.equal(table.add({ ...handle, fd: 6 }), fh);
  assert.deepEqual([table.fd(fh), table.how(fh), table.position(fh)], [6, handleHow.used, 0n]);
});

test('a handle outlives its descriptor, and takes one other', (t) => {
  const table = new HandleTable(newState(t));
  const fh = table.add({ ...handle, fd: 5 });
  table.dropFd(fh);
  assert.deepEqual([table.has(fh), table.fd(fh)], [true, -1]);
  assert.deepEqual([table.offerFd(fh, 8), table.offerFd(fh, 9), table.fd(fh)], [true, false, 8]);
  table.dropFd(fh);
  assert.equal(table.remove(fh), -1);
});

test('a directory\u2019s position uses all its bits', (t) => {
  const table = new HandleTable(newState(t));
  const fh = table.add(handle);
  for (const position of [2n ** 63n - 1n, -1n, 2n ** 53n + 1n, 0n]) {
    table.setPosition(fh, position);
    assert.equal(table.position(fh), position);
  }
});

test('all() shows the handles in use', (t) => {
  const table = new HandleTable(newState(t));
  const given = [1, 2, 3, 4].map(() => table.add(handle));
  table.remove(given[1] ?? 0);
  assert.deepEqual([...table.all()], [1, 3, 4]);
});
