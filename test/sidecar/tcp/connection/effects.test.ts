/** Each effect, on connections that are open already and on new ones, and what is left when it is over: nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../../../sidecar/tcp/limits.js';
import { arrived, type DrivenProxy, type Pair, withProxy } from './driven-proxy.js';

const bytes = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, at) => (at * 7 + 13) & 0xff));
const hello = Buffer.from('hello');
/** More than a side that does not read acknowledges, less than the kernel takes for it. */
const slowBytes = 512 * 1024;

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

onOpenAndNew('latency has bytes arrive later, each way', 'tcp latency 50ms', ({ client, server }, proxy) => {
  client.write(hello);
  assert.equal(arrived(proxy, server).toString(), '');
  proxy.pass(49.9);
  assert.equal(arrived(proxy, server).toString(), '');
  proxy.pass(0.1);
  assert.equal(arrived(proxy, server).toString(), 'hello');
  server.write(hello);
  assert.equal(arrived(proxy, client).toString(), '');
  proxy.pass(50);
  assert.equal(arrived(proxy, client).toString(), 'hello');
});

test('latency has the end arrive later too', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.arm('lag', 'tcp latency 50ms');
    client.endWriting();
    proxy.settle();
    proxy.pass(49);
    assert.equal(server.read(), 'nothing');
    proxy.pass(1);
    assert.equal(proxy.read(server), 'end');
  });
});

test('two packets 30 ms apart arrive 30 ms apart', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.arm('lag', 'tcp latency 100ms');
    client.write(Buffer.from('one '));
    proxy.settle();
    proxy.pass(30);
    client.write(Buffer.from('two'));
    proxy.settle();
    proxy.pass(70);
    assert.equal(arrived(proxy, server).toString(), 'one ');
    proxy.pass(29);
    assert.equal(arrived(proxy, server).toString(), '');
    proxy.pass(1);
    assert.equal(arrived(proxy, server).toString(), 'two');
  });
});

test('with jitter no chunk overtakes another, and the end comes last', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.arm('lag', 'tcp latency 100ms jitter 100ms seed 3');
    const sent = bytes(200);
    for (const at of sent.keys()) {
      client.write(sent.subarray(at, at + 1));
      proxy.pass(1);
    }
    client.endWriting();
    const heard: Buffer[] = [];
    for (let ms = 0; ms < 200; ms++) {
      heard.push(arrived(proxy, server));
      proxy.pass(1);
    }
    assert.deepEqual(Buffer.concat(heard), sent);
    assert.equal(proxy.read(server), 'end');
  });
});

test('latencies add up, and one that ends takes its own part with it alone', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.arm('a', 'tcp latency 100ms');
    proxy.arm('b', 'tcp latency 50ms');
    client.write(hello);
    proxy.settle();
    proxy.disarm('a');
    proxy.pass(49);
    assert.equal(arrived(proxy, server).toString(), '');
    proxy.pass(1);
    assert.equal(arrived(proxy, server).toString(), 'hello');
  });
});

test('what waits when latency is disarmed arrives at once', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.arm('lag', 'tcp latency 1h');
    client.write(hello);
    client.endWriting();
    proxy.settle();
    proxy.disarm('lag');
    assert.equal(proxy.readAll(server, 5).toString(), 'hello');
    assert.equal(proxy.read(server), 'end');
  });
});

test('a fault ends at its time, even when nobody says so', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.arm('hole', 'tcp blackhole for 30s');
    client.write(hello);
    proxy.pass(29_999);
    assert.equal(arrived(proxy, server).toString(), '');
    proxy.pass(1);
    assert.equal(arrived(proxy, server).toString(), 'hello');
  });
});

for (const [each, connections, due] of [
  ['', 1, 20_480],
  ['', 4, 20_480],
  [' each', 4, 81_920],
] as const) {
  test(`bandwidth 10Ki/s${each} lets ${connections} connections have ${due} bytes in two seconds`, () => {
    withProxy((proxy) => {
      proxy.arm('narrow', `tcp bandwidth 10Ki/s${each}`);
      const pairs = Array.from({ length: connections }, () => proxy.connect());
      for (const { client } of pairs) client.write(Buffer.alloc(100_000));
      const heard = pairs.map(() => 0);
      for (let ms = 0; ms < 2000; ms += 5) {
        proxy.pass(5);
        for (const [index, { server }] of pairs.entries())
          heard[index] = (heard[index] ?? 0) + arrived(proxy, server).length;
      }
      const sum = heard.reduce((one, other) => one + other, 0);
      assert.ok(Math.abs(sum / due - 1) < 0.03, `${sum} bytes, where ${due} were due`);
      for (const one of heard)
        assert.ok(Math.abs(one / (sum / connections) - 1) < 0.15, `unfair: ${heard.join(', ')}`);
    });
  });
}

onOpenAndNew(
  'reset ends a connection at once, on both sides',
  'tcp reset',
  ({ client, server }, proxy, slot) => {
    assert.equal(proxy.read(client), 'ECONNRESET');
    assert.equal(proxy.read(server), 'ECONNRESET');
    assert.deepEqual(proxy.counters.countOf(slot, 'connections'), { matched: 1, injected: 1, exempted: 0 });
  },
);

onOpenAndNew(
  'reset after SIZE lets exactly so much pass',
  'tcp reset after 1000B from 0.0.0.0/0',
  ({ client, server }, proxy) => {
    const sent = bytes(5000);
    client.write(sent.subarray(0, 600));
    assert.deepEqual(proxy.readAll(server, 600), sent.subarray(0, 600));
    server.write(bytes(3000));
    proxy.readAll(client, 3000);
    client.write(sent.subarray(600));
    assert.deepEqual(proxy.readAll(server, 400), sent.subarray(600, 1000));
    // What it had let pass is acknowledged, or waited for in vain.
    for (let ms = 0; ms <= limits.drainMs; ms++) proxy.pass(1);
    assert.equal(proxy.read(server), 'ECONNRESET');
    assert.equal(proxy.read(client), 'ECONNRESET');
  },
);

onOpenAndNew(
  'reset after SIZE is a reset and no end, also where the other side was slow to take it and more is to come',
  `tcp reset after ${slowBytes}B from 0.0.0.0/0`,
  ({ client, server }, proxy) => {
    const sent = bytes(slowBytes);
    for (let at = 0; at < slowBytes; proxy.turn()) at += Number(client.write(sent.subarray(at)));
    proxy.settle();
    client.write(hello);
    client.endWriting();
    proxy.settle();
    assert.ok(proxy.readAll(server, slowBytes).equals(sent));
    assert.equal(server.read(), 'nothing');
    proxy.pass(1);
    assert.equal(proxy.read(server), 'ECONNRESET');
    assert.equal(proxy.read(client), 'ECONNRESET');
  },
);

onOpenAndNew(
  'limit SIZE lets exactly so much pass, and ends the connection in order',
  'tcp limit 1000B from 0.0.0.0/0',
  ({ client, server }, proxy) => {
    client.write(bytes(1000));
    assert.deepEqual(proxy.readAll(server, 1000), bytes(1000));
    assert.equal(proxy.read(server), 'end');
    assert.equal(proxy.read(client), 'end');
  },
);

test('refuse resets new connections, and leaves open ones alone', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.settle();
    const slot = proxy.arm('closed', 'tcp refuse');
    const refused = proxy.knock();
    assert.equal(
      proxy.until(() => refused.error()),
      'ECONNRESET',
    );
    client.write(hello);
    assert.equal(proxy.readAll(server, 5).toString(), 'hello');
    assert.deepEqual(proxy.counters.countOf(slot, 'matches'), { matched: 1, injected: 1, exempted: 0 });
  });
});

onOpenAndNew(
  'blackhole holds bytes and ends, and all of it arrives in order',
  'tcp blackhole',
  ({ client, server }, proxy, slot) => {
    const sent = bytes(50_000);
    client.write(sent.subarray(0, 20_000));
    proxy.pass(60_000);
    client.write(sent.subarray(20_000));
    client.endWriting();
    server.write(hello);
    proxy.pass(500_000);
    assert.equal(arrived(proxy, server).length, 0);
    assert.equal(arrived(proxy, client).length, 0);
    proxy.disarm('fault');
    assert.deepEqual(proxy.readAll(server, 50_000), sent);
    assert.equal(proxy.read(server), 'end');
    assert.equal(proxy.readAll(client, 5).toString(), 'hello');
    assert.deepEqual(proxy.counters.countOf(slot, 'connections'), { matched: 1, injected: 1, exempted: 0 });
    assert.deepEqual(proxy.counters.countOf(slot, 'bytes'), {
      matched: 50_005,
      injected: 50_005,
      exempted: 0,
    });
  },
);

test('two blackholes on one connection end when both have ended', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.arm('one', 'tcp blackhole');
    proxy.arm('two', 'tcp blackhole from 127.0.0.1');
    client.write(hello);
    proxy.settle();
    proxy.disarm('one');
    assert.equal(arrived(proxy, server).toString(), '');
    proxy.disarm('two');
    assert.equal(proxy.readAll(server, 5).toString(), 'hello');
  });
});

onOpenAndNew('slice has data arrive in pieces', 'tcp slice 100B', ({ client, server }, proxy) => {
  const sent = bytes(350);
  client.write(sent);
  proxy.settle();
  const pieces: number[] = [];
  const heard: Buffer[] = [];
  for (let step = 0; step < 20; step++) {
    const piece = arrived(proxy, server);
    if (piece.length > 0) pieces.push(piece.length);
    heard.push(piece);
    proxy.pass(0.3);
  }
  assert.deepEqual(pieces, [100, 100, 100, 50]);
  assert.deepEqual(Buffer.concat(heard), sent);
});

onOpenAndNew('slow-close has the end arrive later', 'tcp slow-close 2s', ({ client, server }, proxy) => {
  client.write(hello);
  client.endWriting();
  assert.equal(proxy.readAll(server, 5).toString(), 'hello');
  proxy.pass(1999);
  assert.equal(server.read(), 'nothing');
  proxy.pass(1);
  assert.equal(proxy.read(server), 'end');
});

onOpenAndNew(
  'corrupt flips so many bits, once',
  'tcp corrupt 3 bits seed 7',
  ({ client, server }, proxy, slot) => {
    const sent = bytes(1000);
    client.write(sent);
    const heard = proxy.readAll(server, 1000);
    const flipped = sent.reduce((sum, byte, at) => sum + ones(byte ^ (heard[at] ?? 0)), 0);
    assert.equal(flipped, 3);
    client.write(sent);
    assert.deepEqual(proxy.readAll(server, 1000), sent);
    assert.deepEqual(proxy.counters.countOf(slot, 'matches'), { matched: 1, injected: 1, exempted: 0 });
  },
);

const ones = (byte: number): number => byte.toString(2).replaceAll('0', '').length;
const clientHello = Buffer.from([22, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, ...bytes(190)]);
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

for (const [sentence, isFlipped] of [
  ['tcp corrupt 1 bits', false],
  ['tcp corrupt 1 bits tls', true],
] as const) {
  test(`${sentence} ${isFlipped ? 'flips' : 'does not flip'} where the client asked for TLS, as PostgreSQL's do`, () => {
    withProxy((proxy) => {
      const { client, server } = proxy.connect();
      client.write(sslRequest);
      assert.deepEqual(proxy.readAll(server, sslRequest.length), sslRequest);
      client.write(clientHello);
      assert.deepEqual(proxy.readAll(server, clientHello.length), clientHello);
      proxy.arm('flip', sentence);
      server.write(bytes(100));
      assert.equal(proxy.readAll(client, 100).equals(bytes(100)), !isFlipped);
    });
  });
}
