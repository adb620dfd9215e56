/** `reset after D` and `blackhole close after D`: a connection ends by a time, and not where the fault ends before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DrivenProxy, type Pair, withProxy } from './driven-proxy.js';

const bytes = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, at) => (at * 7 + 13) & 0xff));
const hello = Buffer.from('hello');

/** The fault meets a connection that is open, and one that is not. */
function onOpenAndNew(
  title: string,
  sentence: string,
  play: (pair: Pair, proxy: DrivenProxy, slot: number) => void,
): void {
  for (const when of ['open', 'new'] as const) {
    test(`${title} (a connection that is ${when})`, () => {
      withProxy((proxy) => {
        const open = when === 'open' ? proxy.connect() : null;
        proxy.settle();
        const slot = proxy.arm('fault', sentence);
        play(open ?? proxy.connect(), proxy, slot);
      });
    });
  }
}

onOpenAndNew(
  'reset after D resets both sides so long after the connection met the fault, and lets pass until then',
  'tcp reset after 5s',
  ({ client, server }, proxy, slot) => {
    proxy.settle();
    client.write(hello);
    proxy.pass(4999);
    assert.equal(proxy.readAll(server, 5).toString(), 'hello');
    assert.equal(client.read(), 'nothing');
    proxy.pass(1);
    assert.equal(proxy.read(client), 'ECONNRESET');
    assert.equal(proxy.read(server), 'ECONNRESET');
    assert.deepEqual(proxy.counters.countOf(slot, 'connections'), { matched: 1, injected: 1, exempted: 0 });
  },
);

onOpenAndNew(
  'blackhole close after D holds bytes, and ends both sides in order without them',
  'tcp blackhole close after 5s',
  ({ client, server }, proxy, slot) => {
    proxy.settle();
    client.write(bytes(50_000));
    server.write(hello);
    proxy.pass(4999);
    assert.deepEqual([server.read(), client.read()], ['nothing', 'nothing']);
    proxy.pass(1);
    assert.deepEqual([proxy.read(server), proxy.read(client)], ['end', 'end']);
    client.write(bytes(50_000));
    client.endWriting();
    server.endWriting();
    proxy.settle();
    assert.deepEqual([client.error(), server.error(), proxy.open], [null, null, 0]);
    assert.deepEqual(proxy.counters.countOf(slot, 'connections'), { matched: 1, injected: 1, exempted: 0 });
    assert.deepEqual(proxy.counters.countOf(slot, 'bytes'), {
      matched: 50_005,
      injected: 50_005,
      exempted: 0,
    });
  },
);

test('blackhole close after D counts for each connection from when it met the fault, whatever is armed beside', () => {
  withProxy((proxy) => {
    proxy.arm('hole', 'tcp blackhole close after 5s');
    const first = proxy.connect();
    proxy.settle();
    proxy.pass(3000);
    proxy.arm('other', 'tcp latency 1ms');
    const second = proxy.connect();
    proxy.settle();
    proxy.pass(2000);
    assert.deepEqual([proxy.read(first.client), second.client.read()], ['end', 'nothing']);
    proxy.pass(3000);
    assert.equal(proxy.read(second.client), 'end');
  });
});

for (const sentence of ['tcp blackhole close after 5s', 'tcp reset after 5s']) {
  test(`${sentence}, which ends before, leaves the connection, and all of it arrives`, () => {
    withProxy((proxy) => {
      const { client, server } = proxy.connect();
      proxy.arm('fault', sentence);
      client.write(hello);
      proxy.pass(4999);
      proxy.disarm('fault');
      proxy.pass(5000);
      assert.equal(proxy.readAll(server, 5).toString(), 'hello');
      server.write(hello);
      assert.equal(proxy.readAll(client, 5).toString(), 'hello');
    });
  });
}
