/** The real sidecar with forwarded ports: nothing it needs root for. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import type { LocalOptions, Sidecar } from '../../../sidecar/supervise/local/local-options.js';
import { startShipped } from '../../shipped.js';
import { Control } from '../mounted/control.js';
import { until } from '../mounted/until.js';
import { freePort, portOf } from './ports.js';

interface Stage {
  readonly port: number;
  readonly sidecar: Sidecar;
  readonly control: Control;
  readonly log: readonly string[];
  /** Connected to the port that is forwarded. */
  call(): Promise<Socket>;
}

/** An echo server behind a forwarded port. */
async function withForward(
  use: (stage: Stage) => Promise<void>,
  options: Partial<LocalOptions> = {},
): Promise<void> {
  const server = await listening();
  const port = await freePort();
  const log: string[] = [];
  const sidecar = await startShipped({
    disks: [],
    forwards: [{ host: '127.0.0.1', port, upstream: { host: '127.0.0.1', port: portOf(server) } }],
    logLevel: 'warn',
    onLog: (line) => log.push(line),
    ...options,
  });
  const calls: Socket[] = [];
  const call = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    calls.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  try {
    await use({ port, sidecar, control: new Control(sidecar.controlUrl), log, call });
  } finally {
    for (const socket of calls) socket.destroy();
    await sidecar.close();
    server.close();
  }
}

async function listening(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function echo(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

const errorOf = async (socket: Socket): Promise<string | undefined> => {
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code;
};

test('a fault proxy that is killed resets what is open, and new connections wait for the next one', async () => {
  const faults = [{ name: 'hole', sentence: 'tcp blackhole for 1h' }];
  await withForward(
    async ({ sidecar, control, call }) => {
      const open = await call();
      open.write('held when it dies');
      await until(async () => (await control.fault('hole')).tallies.injected > 0);
      const died = errorOf(open);
      process.kill(sidecar.proxyPid(), 'SIGKILL');
      assert.equal(await died, 'ECONNRESET');
      const next = await call();
      next.write('held again');
      await until(() => control.isReady());
      await until(async () => (await control.fault('hole')).tallies.injected > 0);
      await control.disarm('hole');
      const [heard] = (await once(next, 'data')) as [Buffer];
      assert.equal(heard.toString(), 'held again');
    },
    { faults },
  );
});

test('SIGTERM of everything ends the listening, and leaves no process that answers', async () => {
  let port = 0;
  await withForward(async (stage) => {
    port = stage.port;
    assert.equal(await echo(await stage.call(), 'hello'), 'hello');
  });
  const late = connect(port, '127.0.0.1');
  assert.equal(await errorOf(late), 'ECONNREFUSED');
});

test('an error of our own resets the connection it was about, disarms everything, and the rest goes on', async () => {
  const { NODE_OPTIONS = '' } = process.env;
  process.env['NODE_OPTIONS'] = `${NODE_OPTIONS} --import ${new URL('./sabotage.js', import.meta.url).href}`;
  try {
    await withForward(async ({ control, log, call }) => {
      const [unlucky, other] = [await call(), await call()];
      assert.equal(await echo(other, 'before'), 'before');
      for (const name of ['one', 'two', 'three']) await control.arm(name, 'tcp latency 1h');
      const broken = errorOf(unlucky);
      unlucky.write('wakes the bug');
      assert.equal(await broken, 'ECONNRESET');
      assert.equal(await echo(other, 'after'), 'after');
      await until(async () => (await control.fault('one')).state === 'disarmed');
      await until(() => log.some((line) => line.includes('disarmed by our own error: sabotage')));
    });
  } finally {
    process.env['NODE_OPTIONS'] = NODE_OPTIONS;
  }
});

test('a name that has no address matches nothing, and says so', async () => {
  await withForward(async ({ control, call }) => {
    await control.arm('nobody', 'tcp blackhole from no-such-host.invalid');
    const fault = (await control.fault('nobody')) as unknown as { readonly remarks: readonly string[] };
    assert.deepEqual(fault.remarks, ['no-such-host.invalid has no address, and matches nothing']);
    assert.equal(await echo(await call(), 'hello'), 'hello');
  });
});

test('a name that has one matches it', async () => {
  await withForward(async ({ control, port }) => {
    await control.arm('local', 'tcp reset from localhost');
    assert.equal(await errorOf(connect(port, '127.0.0.1')), 'ECONNRESET');
  });
});

test('a server that is not there is a reset, and counted', async () => {
  const nobody = await freePort();
  const port = await freePort();
  await withForward(
    async ({ control }) => {
      assert.equal(await errorOf(connect(port, '127.0.0.1')), 'ECONNRESET');
      assert.match(await control.metrics(), /havock8s_tcp_upstream_failures_total 1/);
    },
    { forwards: [{ host: '127.0.0.1', port, upstream: { host: 'localhost', port: nobody } }] },
  );
});

test('a name that has several addresses leads on to the one that answers', async () => {
  const server = await listening();
  const port = await freePort();
  // Where localhost is ::1 as well, that is tried first, and nobody listens there.
  const upstream = { host: 'localhost', port: portOf(server) };
  await withForward(
    async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      assert.equal(await echo(socket, 'hello'), 'hello');
      socket.destroy();
    },
    { forwards: [{ host: '127.0.0.1', port, upstream }] },
  );
  server.close();
});

test('IPv6 leads on to IPv4, and everybody`s address to both', async () => {
  const server = await listening();
  const [six, all] = [await freePort(), await freePort()];
  const upstream = { host: '127.0.0.1', port: portOf(server) };
  const forwards = [
    { host: '::1', port: six, upstream },
    { host: '::', port: all, upstream },
  ];
  await withForward(
    async ({ control }) => {
      for (const [host, port] of [
        ['::1', six],
        ['::1', all],
        ['127.0.0.1', all],
      ] as const) {
        const socket = connect(port, host);
        await once(socket, 'connect');
        assert.equal(await echo(socket, 'hello'), 'hello');
        socket.destroy();
      }
      // An IPv4 client of a socket of both families is known by its IPv4 address.
      await control.arm('cut', 'tcp reset from 127.0.0.1');
      assert.equal(await errorOf(connect(all, '127.0.0.1')), 'ECONNRESET');
    },
    { forwards },
  );
  server.close();
});

test('a port that is taken is told at once, and nothing is left', async () => {
  const taken = await listening();
  const upstream = { host: '127.0.0.1', port: portOf(taken) };
  await assert.rejects(
    startShipped({ disks: [], forwards: [{ host: '127.0.0.1', port: portOf(taken), upstream }] }),
    { code: 'tcp.in-use' },
  );
  taken.close();
});
