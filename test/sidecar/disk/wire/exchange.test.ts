import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newExchange } from '../../../../sidecar/disk/device.js';
import { replyAt } from '../../../../sidecar/disk/wire/sizes.js';
import { names, request, resent, u32, u64 } from '../request.js';

const exchange = newExchange();

test('what the header says is read where it lies', () => {
  exchange.load(
    request('READ', { nodeid: 2n ** 40n + 1n, unique: resent | 6n, uid: 2 ** 32 - 2, gid: 7, pid: 9 }),
  );
  assert.deepEqual(
    [exchange.length, exchange.opcode, exchange.uniqueLow, exchange.uniqueHigh],
    [40, 15, 6, 2 ** 31],
  );
  assert.deepEqual(
    [exchange.nodeid, exchange.uid, exchange.gid, exchange.pid],
    [2 ** 40 + 1, 2 ** 32 - 2, 7, 9],
  );
});

test('a number of 64 bits is what it was, as far as a number goes', () => {
  for (const value of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    exchange.load(request('READ', {}, u64(value)));
    assert.equal(exchange.u64(0), value);
  }
});

test('positions in a file and a directory are exact to their last bit', () => {
  for (const value of [0n, 2n ** 53n + 1n, 2n ** 63n - 1n, -1n, -(2n ** 63n)]) {
    exchange.load(request('LSEEK', {}, u64(value)));
    assert.equal(exchange.i64Exact(0), value);
    assert.equal(BigInt(exchange.position(0)), value);
  }
});

test('a name ends at its NUL, or where the request ends', () => {
  exchange.load(request('RENAME', {}, u64(1), names('old', 'new')));
  assert.deepEqual(
    [exchange.name(8), exchange.name(12)].map((name) => Buffer.from(name).toString()),
    ['old', 'new'],
  );
  exchange.load(request('LOOKUP', {}, Buffer.from('unended')));
  assert.equal(exchange.name(0).length, 7);
  assert.equal(exchange.name(100).length, 0);
});

test('a shorter request has nothing of the one before', () => {
  exchange.load(request('LOOKUP', {}, Buffer.from('a-long-name-without-an-end')));
  exchange.load(request('LOOKUP', {}, Buffer.from('short')));
  assert.equal(Buffer.from(exchange.name(0)).toString(), 'short');
});

test('a reply has the length of its payload, or an error and none', () => {
  exchange.load(request('READ', { unique: resent | 6n }, u32(0)));
  const sealed = (result: number): Buffer => {
    const length = exchange.seal(result);
    return Buffer.from(exchange.output.bytes.subarray(replyAt, replyAt + length));
  };
  exchange.clearPayload(8);
  exchange.set64(0, 2 ** 40 + 1);
  assert.deepEqual(sealed(8), Buffer.concat([u32(24, 0), u64(resent | 6n), u64(2n ** 40n + 1n)]));
  assert.deepEqual(sealed(0), Buffer.concat([u32(16, 0), u64(resent | 6n)]));
  assert.deepEqual(sealed(-5), Buffer.concat([u32(16, -5), u64(resent | 6n)]));
});

test('a request that is parked and put back is the same', () => {
  const frame = request('WRITE', { nodeid: 7 }, u64(1, 2), u32(3, 0), u64(0), u32(0, 0), Buffer.from('abc'));
  exchange.load(frame);
  const parked = exchange.copyRequest();
  exchange.load(request('LOOKUP', {}, names('other')));
  exchange.load(parked);
  assert.deepEqual(Buffer.from(exchange.copyRequest()), frame);
});
