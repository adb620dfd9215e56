/** A pair of unix sockets stands where the device is: they too keep messages whole. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { agreedFeatures, canResend, negotiate, protocolOf } from '../../../sidecar/disk/negotiate.js';
import { createVolumeState, field, type VolumeState } from '../../../sidecar/disk/state/volume-state.js';
import { acceptFrom, connectTo, listenAt } from '../../../sidecar/linux/packet-socket.js';
import { bytesOf, expected, found, readFrames, type Values } from '../../frames/frames.js';
import { request, u32 } from './request.js';

interface Device {
  readonly kernel: number;
  readonly server: number;
  readonly state: VolumeState;
}

function openDevice(t: TestContext): Device {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
  const listener = listenAt(join(directory, 'device'));
  const kernel = connectTo(join(directory, 'device'));
  const server = acceptFrom(listener);
  const state = createVolumeState('data');
  t.after(() => {
    for (const fd of [listener, kernel, server, state.fd]) closeSync(fd);
    rmSync(directory, { recursive: true });
  });
  return { kernel, server, state };
}

const noValues: Values = (name) => assert.fail(`INIT needs no ${name}`);

for (const { title, request, reply } of readFrames('init')) {
  test(`${title}, and answered byte for byte`, (t) => {
    const { kernel, server, state } = openDevice(t);
    writeSync(kernel, bytesOf(request, noValues));
    negotiate(server, state);
    const answer = Buffer.alloc(4096);
    const length = readSync(kernel, answer);
    assert.deepEqual(found(answer.subarray(0, length), reply, noValues), expected(reply, noValues));
    assert.equal(state.header[field.initDone], 1);
  });
}

const init = (major: number, minor: number, ...flags: readonly number[]): Buffer =>
  request('INIT', { nodeid: 0 }, u32(major, minor, 0, ...flags), Buffer.alloc(44));

test('what was agreed is kept in the state', (t) => {
  const { kernel, server, state } = openDevice(t);
  writeSync(kernel, init(7, 40, (1 << 0) | (1 << 30), 1 << 7));
  negotiate(server, state);
  assert.equal(protocolOf(state), '7.40');
  assert.deepEqual(agreedFeatures(state), ['ASYNC_READ', 'INIT_EXT', 'HAS_RESEND']);
  assert.equal(canResend(state), true);
});

test('a kernel that cannot hand requests out again is remembered as one', (t) => {
  const { kernel, server, state } = openDevice(t);
  writeSync(kernel, init(7, 38, 0xffff_ffff, 0));
  negotiate(server, state);
  assert.equal(canResend(state), false);
});

test('another protocol is refused', (t) => {
  const { kernel, server, state } = openDevice(t);
  writeSync(kernel, init(8, 0, 0, 0));
  assert.throws(() => negotiate(server, state), { code: 'fuse.not-negotiated', message: /FUSE 8, not 7/ });
  assert.equal(state.header[field.initDone], 0);
});

test('a mount that does not begin with INIT is refused', (t) => {
  const { kernel, server, state } = openDevice(t);
  writeSync(kernel, request('GETATTR', {}, u32(0, 0, 0, 0)));
  assert.throws(() => negotiate(server, state), { code: 'fuse.not-negotiated' });
});
