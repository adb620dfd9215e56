/** Each conversation is played twice, through the proxy and without it; both sides must see the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MSG_OOB } from '../../../../sidecar/linux/inet-socket.js';
import { total } from '../../../../sidecar/tcp/tcp-counters.js';
import { type DrivenProxy, type Pair, withProxy } from './driven-proxy.js';
import type { RawSocket } from './raw-socket.js';

interface Conversation {
  readonly title: string;
  play(pair: Pair, proxy: DrivenProxy): readonly unknown[];
}

const hello = Buffer.from('hello');
const told = (read: Buffer | string): string => (typeof read === 'string' ? read : read.toString());

/** Everything to the end, as one. */
function everything(proxy: DrivenProxy, socket: RawSocket): readonly string[] {
  let text = '';
  for (;;) {
    const read = proxy.read(socket);
    if (typeof read === 'string') return [text, read];
    text += read.toString();
  }
}

const conversations: readonly Conversation[] = [
  {
    title: 'what the client says arrives, and what the server answers',
    play: ({ client, server }, proxy) => [
      client.write(hello),
      told(proxy.readAll(server, 5)),
      server.write(Buffer.from('world')),
      told(proxy.readAll(client, 5)),
    ],
  },
  {
    title: 'a server that speaks first is heard',
    play: ({ client, server }, proxy) => [server.write(hello), told(proxy.readAll(client, 5))],
  },
  {
    title: 'a client that ended its side still hears the answer',
    play: ({ client, server }, proxy) => {
      client.write(hello);
      client.endWriting();
      const heard = everything(proxy, server);
      server.write(Buffer.from('late answer'));
      server.endWriting();
      return [heard, everything(proxy, client)];
    },
  },
  {
    title: 'a server that ended its side still hears the client',
    play: ({ client, server }, proxy) => {
      server.write(hello);
      server.endWriting();
      const heard = everything(proxy, client);
      client.write(Buffer.from('one more thing'));
      client.endWriting();
      return [heard, everything(proxy, server)];
    },
  },
  {
    title: 'an end without a word is an end',
    play: ({ client, server }, proxy) => {
      client.endWriting();
      const first = proxy.read(server);
      server.endWriting();
      return [first, proxy.read(client)];
    },
  },
  {
    title: 'a reset by the client is a reset for the server, behind what was said',
    play: ({ client, server }, proxy) => {
      client.write(hello);
      const heard = told(proxy.readAll(server, 5));
      client.reset();
      return [heard, proxy.read(server)];
    },
  },
  {
    title: 'a reset by the server is a reset for the client',
    play: ({ client, server }, proxy) => {
      server.write(hello);
      const heard = told(proxy.readAll(client, 5));
      server.reset();
      return [heard, proxy.read(client)];
    },
  },
  {
    title: 'a reset behind an end of the same side is a reset',
    play: ({ client, server }, proxy) => {
      client.endWriting();
      const first = proxy.read(server);
      client.reset();
      proxy.settle();
      return [first, proxy.until(() => server.error())];
    },
  },
  {
    title: 'a server that goes while much is unread resets the client',
    play: ({ client, server }, proxy) => {
      client.write(Buffer.alloc(100_000));
      proxy.readAll(server, 1);
      proxy.settle();
      server.close();
      return [proxy.until(() => client.error())];
    },
  },
  {
    title: 'the urgent byte stays urgent, and where it was',
    play: ({ client, server }, proxy) => {
      client.write(Buffer.from('abc'));
      client.write(Buffer.from('!'), MSG_OOB);
      client.write(Buffer.from('def'));
      const before = told(proxy.readAll(server, 3));
      const urgent = proxy.until(() => {
        const read = server.read(1, MSG_OOB);
        return typeof read === 'string' ? null : read.toString();
      });
      return [before, urgent, told(proxy.readAll(server, 3))];
    },
  },
];

for (const { title, play } of conversations) {
  test(`as without us: ${title}`, () => {
    withProxy((proxy) => {
      const direct = play(proxy.connect('direct'), proxy);
      const proxied = play(proxy.connect('proxied'), proxy);
      assert.deepEqual(proxied, direct);
    });
  });
}

test('a server that refuses is a reset for the client, and counted', () => {
  withProxy((proxy) => {
    proxy.backend.close();
    const client = proxy.knock();
    assert.equal(
      proxy.until(() => client.error()),
      'ECONNRESET',
    );
  });
});

test('a reader that stops has the writer stop, and loses nothing', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    const block = Buffer.alloc(256 * 1024, 'x');
    let sent = 0;
    for (let blocked = 0; blocked < 20; ) {
      const took = client.write(block);
      assert.equal(typeof took, 'number');
      sent += Number(took);
      blocked = took === 0 ? blocked + 1 : 0;
      proxy.turn();
    }
    assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes were taken for a reader that reads nothing`);
    client.endWriting();
    let heard = 0;
    for (let read = proxy.read(server); read !== 'end'; read = proxy.read(server)) {
      assert.notEqual(typeof read, 'string');
      heard += read.length;
    }
    assert.equal(heard, sent);
  });
});

test('a reader that goes on after a pause has what waited go on too', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    const block = Buffer.alloc(4 * 1024 * 1024, 'x');
    let sent = 0;
    // As fast as the kernel takes it: the proxy never sees the end of what there is to read.
    for (let idle = 0; idle < 50; idle++) {
      const took = Number(client.write(block));
      sent += took;
      if (took > 0) idle = 0;
      if (idle % 5 === 0) proxy.turn();
    }
    assert.equal(proxy.readAll(server, sent).length, sent);
    assert.equal(proxy.counters.total(total.held), 0);
  });
});

test('a connection that is idle for days is there when it is needed', () => {
  withProxy((proxy) => {
    const { client, server } = proxy.connect();
    proxy.pass(3 * 24 * 3600 * 1000);
    client.write(hello);
    assert.equal(told(proxy.readAll(server, 5)), 'hello');
    proxy.pass(24 * 3600 * 1000);
    server.write(hello);
    assert.equal(told(proxy.readAll(client, 5)), 'hello');
  });
});

test('many connections are kept apart', () => {
  withProxy((proxy) => {
    const pairs = Array.from({ length: 300 }, () => proxy.connect());
    for (const [index, { client }] of pairs.entries()) client.write(Buffer.from(`client ${index}`));
    for (const [index, { server }] of pairs.entries()) {
      assert.equal(told(proxy.readAll(server, `client ${index}`.length)), `client ${index}`);
    }
  });
});
