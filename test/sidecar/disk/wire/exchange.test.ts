import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newExchange } from '../../../../sidecar/disk/device.js';
import { replyAt } from '../../../../sidecar/disk/wire/sizes.js';
import { names, request, resent, u32, u64 } from '../request.js';

const x = newExchange();

test('what the header says is read where it lies', () => {
  x.load(request('READ', { nodeid: 2n ** 40n + 1n, unique: resent | 6n, uid: 2 ** 32 - 2, gid: 7, pid: 9 }));
  assert.deepEqual([x.length, x.opcode, x.uniqueLow, x.uniqueHigh], [40, 15, 6, 2 ** 31]);
  assert.deepEqual([x.nodeid, x.uid, x.gid, x.pid], [2 ** 40 + 1, 2 ** 32 - 2, 7, 9]);
});

test('a number of 64 bits is what it was, as far as a number goes', () => {
  for (const value of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    x.load(request('READ', {}, u64(value)));
    assert.equal(x.u64(0), value);
  }
});

test('positions in a file and a directory are exact to their last bit', () => {
  for (const value of [0n, 2n ** 53n + 1n, 2n ** 63n - 1n, -1n, -(2n ** 63n)]) {
    x.load(request('LSEEK', {}, u64(value)));
    assert.equal(x.i64Exact(0), value);
    assert.equal(BigInt(x.position(0)), value);
  }
});

test('a name ends at its NUL, or where the request ends', () => {
  x.load(request('RENAME', {}, u64(1), names('old', 'new')));
  assert.deepEqual(
    [x.name(8), x.name(12)].map((name) => Buffer.from(name).toString()),
    ['old', 'new'],
  );
  x.load(request('LOOKUP', {}, Buffer.from('unended')));
  assert.equal(x.name(0).length, 7);
  assert.equal(x.name(100).length, 0);
});

test('a shorter request has nothing of the one before', () => {
  x.load(request('LOOKUP', {}, Buffer.from('a-long-name-without-an-end')));
  x.load(request('LOOKUP', {}, Buffer.from('short')));
  assert.equal(Buffer.from(x.name(0)).toString(), 'short');
});

test('a reply has the length of its payload, or an error and none', () => {
  x.load(request('READ', { unique: resent | 6n }, u32(0)));
  const sealed = (result: number): Buffer => {
    const length = x.seal(result);
    return Buffer.from(x.output.bytes.subarray(replyAt, replyAt + length));
  };
  x.clearPayload(8);
  x.set64(0, 2 ** 40 + 1);
  assert.deepEqual(sealed(8), Buffer.concat([u32(24, 0), u64(resent | 6n), u64(2n ** 40n + 1n)]));
  assert.deepEqual(sealed(0), Buffer.concat([u32(16, 0), u64(resent | 6n)]));
  assert.deepEqual(sealed(-5), Buffer.concat([u32(16, -5), u64(resent | 6n)]));
});

test('a request that is parked and put back is the same', () => {
  const frame = request('WRITE', { nodeid: 7 }, u64(1, 2), u32(3, 0), u64(0), u32(0, 0), Buffer.from('abc'));
  x.load(frame);
  const parked = x.copyRequest();
  x.load(request('LOOKUP', {}, names('other')));
  x.load(parked);
  assert.deepEqual(Buffer.from(x.copyRequest()), frame);
});
