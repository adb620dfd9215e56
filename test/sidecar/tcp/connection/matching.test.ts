/** Which connections a fault is about, which way, and how often. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrived, withProxy } from './driven-proxy.js';

const hello = Buffer.from('hello');

for (const [clause, isInward, isOutward] of [
  ['', true, true],
  ['from 127.0.0.1', true, false],
  ['to 127.0.0.0/8', false, true],
  ['with 127.0.0.1', true, true],
  ['from 10.0.0.1', false, false],
  ['from ::1 to 127.0.0.1', false, true],
  ['port 5432', true, true],
  ['port 6432', false, false],
  ['from pg-1', true, false],
  ['from pg-9', false, false],
] as const) {
  test(`tcp latency 1s ${clause}: ${isInward ? 'late' : 'in time'} from the peer, ${isOutward ? 'late' : 'in time'} to it`, () => {
    withProxy((proxy) => {
      proxy.know({
        names: new Map([
          ['pg-1', [{ bytes: [127, 0, 0, 1], bits: 32 }]],
          ['pg-9', []],
        ]),
      });
      const { client, server } = proxy.connect();
      proxy.arm('lag', `tcp latency 1s ${clause}`);
      client.write(hello);
      server.write(hello);
      assert.equal(arrived(proxy, server).length, isInward ? 0 : 5);
      assert.equal(arrived(proxy, client).length, isOutward ? 0 : 5);
    });
  });
}

test('a name whose address changes takes the fault along', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.know({ names: new Map([['pg-1', [{ bytes: [10, 0, 0, 7], bits: 32 }]]]) });
    proxy.arm('hole', 'tcp blackhole from pg-1');
    client.write(hello);
    assert.equal(arrived(proxy, server).toString(), 'hello');
    proxy.know({ names: new Map([['pg-1', [{ bytes: [127, 0, 0, 1], bits: 32 }]]]) });
    client.write(hello);
    assert.equal(arrived(proxy, server).toString(), '');
    proxy.know({ names: new Map([['pg-1', []]]) });
    assert.equal(arrived(proxy, server).toString(), 'hello');
  });
});

test('the node is spared and counted, unless the sentence says node', () => {
  withProxy((proxy) => {
    proxy.know({ node: [{ bytes: [127, 0, 0, 1], bits: 32 }] });
    const { client, server } = proxy.connect();
    const slot = proxy.arm('hole', 'tcp blackhole');
    client.write(hello);
    assert.equal(arrived(proxy, server).toString(), 'hello');
    assert.deepEqual(proxy.counters.countOf(slot, 'connections'), { matched: 0, injected: 0, exempted: 1 });
    assert.equal(proxy.counters.countOf(slot, 'bytes').exempted, 5);
    proxy.arm('hole', 'tcp blackhole from node');
    client.write(hello);
    assert.equal(arrived(proxy, server).toString(), '');
  });
});

test('chance and number are decided once a connection, by seeded dice', () => {
  const resets = (): readonly boolean[] => {
    let seen: readonly boolean[] = [];
    withProxy((proxy) => {
      proxy.arm('cut', 'tcp reset chance 50% seed 42');
      seen = Array.from({ length: 40 }, () => proxy.read(proxy.knockAndSend()) === 'ECONNRESET');
    });
    return seen;
  };
  const first = resets();
  assert.deepEqual(resets(), first);
  assert.ok(first.includes(true) && first.includes(false));
});

test('skip, every and first count connections', () => {
  withProxy((proxy) => {
    const slot = proxy.arm('cut', 'tcp reset skip 1 every 2nd first 2');
    const seen = Array.from({ length: 9 }, () => proxy.read(proxy.knockAndSend()) === 'ECONNRESET');
    assert.deepEqual(
      seen.flatMap((isReset, at) => (isReset ? [at + 1] : [])),
      [3, 5],
    );
    assert.deepEqual(proxy.counters.countOf(slot, 'matches'), { matched: 9, injected: 2, exempted: 0 });
  });
});
