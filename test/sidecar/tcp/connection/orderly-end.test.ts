/** `limit` ends a connection in order on both sides, however much more the sender has to say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../../../sidecar/tcp/limits.js';
import { type DrivenProxy, withProxy } from './driven-proxy.js';
import type { RawSocket, Read } from './raw-socket.js';

const limitBytes = 100;
const everybody = '0.0.0.0/0,::/0';

for (const way of ['from', 'to'] as const) {
  for (const sent of [100, 101, 150, 150_000, 3_000_000]) {
    test(`limit ends in order on both sides, of ${sent} bytes sent ${way} the peer, the sender's end later`, () => {
      withProxy((proxy) => {
        proxy.arm('li', `tcp limit ${limitBytes}B ${way} ${everybody}`);
        const { client, server } = proxy.connect();
        const [sender, receiver] = way === 'from' ? [client, server] : [server, client];
        sendAll(proxy, sender, sent);
        assert.deepEqual(heard(proxy, receiver), [limitBytes, 'end']);
        assert.deepEqual(heard(proxy, sender), [0, 'end']);
        // What it says now, it says to nobody, as to a program that has shut down its writing and still reads.
        sendAll(proxy, sender, 10_000);
        sender.endWriting();
        receiver.endWriting();
        proxy.settle();
        assert.deepEqual([sender.error(), receiver.error()], [null, null]);
        assert.equal(proxy.open, 0);
      });
    });
  }
}

test('limit ends in order also the way that it is not about, and after what was on it', () => {
  withProxy((proxy) => {
    proxy.arm('li', `tcp limit ${limitBytes}B from ${everybody}`);
    const { client, server } = proxy.connect();
    sendAll(proxy, server, 70_000);
    sendAll(proxy, client, limitBytes + 1);
    assert.deepEqual(heard(proxy, client), [70_000, 'end']);
    assert.deepEqual(heard(proxy, server), [limitBytes, 'end']);
    sendAll(proxy, server, 70_000);
    client.endWriting();
    server.endWriting();
    proxy.settle();
    assert.deepEqual([client.error(), server.error(), proxy.open], [null, null, 0]);
  });
});

test('what a limit let pass arrives late, with the end behind it, where latency asks for it', () => {
  withProxy((proxy) => {
    proxy.arm('li', `tcp limit ${limitBytes}B from ${everybody}`);
    proxy.arm('lag', `tcp latency 50ms from ${everybody}`);
    const { client, server } = proxy.connect();
    sendAll(proxy, client, 150_000);
    proxy.pass(49);
    assert.equal(server.read(), 'nothing');
    proxy.pass(1);
    assert.deepEqual(heard(proxy, server), [limitBytes, 'end']);
    assert.deepEqual(heard(proxy, client), [0, 'end']);
  });
});

test('a sender that never stops is read for a bounded time after the end, and then no more', () => {
  withProxy((proxy) => {
    proxy.arm('li', `tcp limit ${limitBytes}B from ${everybody}`);
    const { client, server } = proxy.connect();
    sendAll(proxy, client, 150_000);
    assert.deepEqual(heard(proxy, server), [limitBytes, 'end']);
    proxy.pass(limits.discardMs - 1);
    sendAll(proxy, client, 1000);
    assert.equal(proxy.open, 1);
    proxy.pass(1);
    assert.equal(proxy.open, 0);
    proxy.until(() => typeof client.write(Buffer.alloc(1)) === 'string');
  });
});

test('a reset by the receiver after a limit is one for the sender, who would not know of it else', () => {
  withProxy((proxy) => {
    proxy.arm('li', `tcp limit ${limitBytes}B from ${everybody}`);
    proxy.arm('lag', `tcp latency 50ms from ${everybody}`);
    const { client, server } = proxy.connect();
    sendAll(proxy, client, 150_000);
    server.reset();
    proxy.pass(50);
    proxy.settle();
    assert.equal(proxy.open, 0);
  });
});

/** All of it, whoever has to take it. */
function sendAll(proxy: DrivenProxy, socket: RawSocket, count: number): void {
  const bytes = Buffer.alloc(count, 'x');
  for (let at = 0; at < count; proxy.turn()) {
    const sent = socket.write(bytes.subarray(at));
    assert.equal(typeof sent, 'number', `${sent} after ${at} of ${count} bytes`);
    at += Number(sent);
  }
}

/** How many bytes, and how it ended. */
function heard(proxy: DrivenProxy, socket: RawSocket): readonly [number, Read] {
  let count = 0;
  for (;;) {
    const read = proxy.read(socket);
    if (typeof read === 'string') return [count, read];
    count += read.length;
  }
}
