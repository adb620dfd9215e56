/** Interception on real hosts: neither side can tell, but for the faults that are armed. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import { needs } from '../../needs.js';
import { until } from '../mounted/until.js';
import { addresses, type HostPair, startPair, withPair } from './host.js';
import { leftBehind } from './left-behind.js';
import { Peer } from './peer.js';
import { SidecarOnHost } from './sidecar-on-host.js';

const skip = needs('network');

interface Setup extends HostPair {
  readonly sidecar: SidecarOnHost;
  /** The server that is beside the sidecar. */
  readonly listening: Peer;
  /** A program on the client's host that connects, and one on the server's. */
  readonly caller: Peer;
  readonly local: Peer;
}

const usual = ['--inbound', '5000', '--outbound', '6000'];

/** A server at 5000 of the server's host and at 6000 of the client's; the sidecar beside the former, in and out. */
async function startSetup(
  args: readonly string[] = usual,
): Promise<Setup & { readonly end: () => Promise<void> }> {
  const pair = await startPair();
  let sidecar: SidecarOnHost | undefined;
  const end = async (): Promise<void> => {
    await sidecar?.close();
    const left = leftBehind(pair.server);
    await pair.close();
    assert.deepEqual(left, []);
  };
  try {
    const [listening, remote] = [await Peer.start(pair.server), await Peer.start(pair.client)];
    await listening.listen(5000);
    await remote.listen(6000);
    sidecar = await SidecarOnHost.start(pair.server, ...args);
    const [caller, local] = [await Peer.start(pair.client), await Peer.start(pair.server)];
    return { ...pair, sidecar, listening, caller, local, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function withSetup(use: (setup: Setup) => Promise<void>, ...args: readonly string[]): Promise<void> {
  const setup = await startSetup(args.length > 0 ? args : usual);
  try {
    await use(setup);
  } finally {
    await setup.end();
  }
}

const filters = [
  ['ipv4', '0'],
  ['ipv4', '1'],
  ['ipv4', '2'],
  ['ipv6', '0'],
] as const;

const partitions = [
  ['from', false],
  ['to', true],
  ['with', false],
] as const;

describe('one sidecar between two hosts', { skip }, () => {
  let setup: Awaited<ReturnType<typeof startSetup>>;
  before(async () => {
    setup = await startSetup();
  });
  afterEach(() => setup.sidecar.disarmAll());
  after(() => setup?.end());

  test("either side sees the other's own address, in and out", async (t) => {
    const { server, caller, local, sidecar } = setup;
    for (const [family, filter] of filters)
      await t.test(`${family}, rp_filter ${filter}`, async () => {
        const { accepted } = await sidecar.tcp();
        for (const device of ['all', 'lo', 'there']) {
          server.succeed('sysctl', '-qw', `net.ipv4.conf.${device}.rp_filter=${filter}`);
        }
        assert.equal(await caller.connect(addresses.server[family], 5000), 'connected');
        assert.equal(await caller.say('hello'), `${addresses.client[family]} hello`);
        assert.equal(await local.connect(addresses.client[family], 6000), 'connected');
        assert.equal(await local.say('hello'), `${addresses.server[family]} hello`);
        assert.equal((await sidecar.tcp()).accepted, accepted + 2);
      });
  });

  test('what the pod says to itself, and to ports that nobody named, is not ours', async () => {
    const { client, caller, local, sidecar } = setup;
    const { accepted } = await sidecar.tcp();
    const other = await Peer.start(client);
    await other.listen(7000);
    assert.equal(await local.connect(addresses.server.ipv4, 5000), 'connected');
    assert.equal(await local.say('hello'), `${addresses.server.ipv4} hello`);
    assert.equal(await local.connect(addresses.client.ipv4, 7000), 'connected');
    assert.equal(await caller.connect(addresses.server.ipv4, 7000), 'ECONNREFUSED');
    assert.equal((await sidecar.tcp()).accepted, accepted);
  });

  test('partition drops packets of open connections, and heals on the same one', async (t) => {
    const { client, caller, listening, sidecar } = setup;
    const ping = (): number | null => client.run('ping', '-c', '1', '-W', '1', addresses.server.ipv4).code;
    for (const [clause, isHeard] of partitions)
      await t.test(`partition ${clause} a peer`, async () => {
        await caller.connect(addresses.server.ipv4, 5000);
        assert.equal(await caller.say('one'), `${addresses.client.ipv4} one`);
        await sidecar.arm('split', `tcp partition ${clause} ${addresses.client.ipv4}`);
        assert.equal(await caller.say('two', 1500), 'nothing');
        assert.equal(await listening.served(), isHeard ? 'two' : 'one', 'only one direction is cut');
        assert.notEqual(ping(), 0, 'other protocols are cut off too');
        const { tallies } = await sidecar.awaitInjected('split');
        assert.equal(tallies.injected, tallies.matched);
        await sidecar.disarm('split');
        assert.equal(await caller.hear(), `${addresses.client.ipv4} two`);
        assert.equal(ping(), 0);
      });
  });

  test('two partitions of one peer end when both have ended', async () => {
    const { caller, sidecar } = setup;
    await caller.connect(addresses.server.ipv4, 5000);
    await sidecar.arm('one', `tcp partition from ${addresses.client.ipv4}`);
    await sidecar.arm('two', 'tcp partition with 10.77.0.0/24');
    await sidecar.disarm('one');
    assert.equal(await caller.say('hello', 1000), 'nothing');
    await sidecar.disarm('two');
    assert.equal(await caller.hear(), `${addresses.client.ipv4} hello`);
  });

  test('a partition ends by itself, though the fault proxy is stopped in its tracks', async () => {
    const { caller, sidecar } = setup;
    const faultProxy = await sidecar.proxyPid();
    await sidecar.arm('short', `tcp partition from ${addresses.client.ipv4} for 3s`);
    process.kill(faultProxy, 'SIGSTOP');
    try {
      // Nobody listens there, and nobody proxies: only the kernel stands between the two.
      assert.equal(await caller.connectWithin(addresses.server.ipv4, 5999, 1000), 'nothing');
      assert.equal(await caller.connect(addresses.server.ipv4, 5999), 'ECONNREFUSED');
    } finally {
      process.kill(faultProxy, 'SIGCONT');
    }
  });

  test('loss drops real packets, and TCP makes up for them', async () => {
    const { caller, sidecar } = setup;
    await sidecar.arm('lossy', 'tcp loss 25% with 10.77.0.1');
    assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
    for (let round = 0; round < 30; round++) {
      assert.equal(await caller.say(`${round}`), `${addresses.client.ipv4} ${round}`);
    }
    const { tallies } = await sidecar.awaitInjected('lossy');
    const share = tallies.injected / tallies.matched;
    assert.ok(share > 0.05 && share < 0.5, `${tallies.injected} of ${tallies.matched} were dropped`);
  });

  test('refuse answers the first packet with a reset, in and out', async () => {
    const { caller, local, sidecar } = setup;
    await caller.connect(addresses.server.ipv4, 5000);
    await sidecar.arm('closed', 'tcp refuse');
    const second = await caller.say('still open');
    assert.equal(second, `${addresses.client.ipv4} still open`);
    for (const family of ['ipv4', 'ipv6'] as const) {
      assert.equal(await local.connect(addresses.client[family], 6000), 'ECONNREFUSED');
      assert.equal(await caller.connect(addresses.server[family], 5000), 'ECONNREFUSED');
    }
    assert.equal((await sidecar.awaitInjected('closed', 4)).tallies.injected, 4);
  });

  test('latency, reset and the like meet intercepted connections too, each in its direction', async () => {
    const { caller, local, sidecar } = setup;
    await caller.connect(addresses.server.ipv4, 5000);
    await local.connect(addresses.client.ipv6, 6000);
    await sidecar.arm('lag', `tcp latency 300ms to ${addresses.client.ipv6} port 6000`);
    const began = performance.now();
    assert.equal(await local.say('slow'), `${addresses.server.ipv6} slow`);
    assert.ok(performance.now() - began >= 300);
    await sidecar.arm('cut', `tcp reset from ${addresses.client.ipv4}`);
    assert.equal(await caller.hear(), 'ECONNRESET');
    assert.equal(await local.say('alive'), `${addresses.server.ipv6} alive`);
  });

  test('rules that somebody takes away are recreated, and nobody else`s are touched', async () => {
    const { server, caller, sidecar } = setup;
    const before = await sidecar.mended();
    server.succeed('nft', 'add', 'table', 'inet', 'mine');
    server.succeed('nft', 'add', 'chain', 'inet', 'mine', 'kept', '{ type filter hook input priority 0; }');
    server.succeed('nft', 'add', 'rule', 'inet', 'mine', 'kept', 'tcp', 'dport', '9', 'counter');
    await sidecar.arm('split', `tcp partition from ${addresses.client.ipv4}`);
    server.succeed('nft', 'delete', 'table', 'inet', 'havock8s');
    await until(async () => (await sidecar.mended()) === before + 1);
    assert.equal(await caller.connectWithin(addresses.server.ipv4, 5000, 1000), 'nothing');
    server.succeed('ip', 'rule', 'del', 'priority', '7808');
    await until(async () => (await sidecar.mended()) === before + 2);
    await sidecar.disarm('split');
    assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
    assert.match(server.succeed('nft', 'list', 'table', 'inet', 'mine'), /tcp dport 9 counter packets 0/);
  });

  test('a plan that changes before anybody noticed that our rules are gone is in force all the same', async () => {
    const { server, caller, sidecar } = setup;
    await sidecar.arm('one', `tcp partition from ${addresses.client.ipv4}`);
    await sidecar.arm('two', 'tcp loss 1%');
    await sidecar.disarm('one');
    server.succeed('nft', 'delete', 'table', 'inet', 'havock8s');
    await sidecar.arm('three', `tcp partition with ${addresses.client.ipv4}`);
    assert.equal((await sidecar.fault('three')).state, 'armed');
    assert.equal(await caller.connectWithin(addresses.server.ipv4, 5000, 1000), 'nothing');
    await sidecar.disarm('three');
    assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
  });

  test('a fault proxy that is killed is replaced: new connections wait for the next, and its faults are in force', async () => {
    const { caller, sidecar } = setup;
    const { restarts } = await sidecar.tcp();
    await caller.connect(addresses.server.ipv4, 5000);
    await sidecar.arm('hole', 'tcp blackhole from 10.77.0.9');
    await sidecar.arm('split', 'tcp partition with 10.77.0.9');
    process.kill(await sidecar.proxyPid(), 'SIGKILL');
    assert.equal(
      await caller.hear(),
      'ECONNRESET',
      'never an end, which could be mistaken for a whole answer',
    );
    assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
    assert.equal(await caller.say('hello'), `${addresses.client.ipv4} hello`);
    await until(() => sidecar.isAnswering());
    assert.equal((await sidecar.fault('split')).state, 'armed');
    assert.equal((await sidecar.tcp()).restarts, restarts + 1);
  });
});

test('two hosts that have IPv6 alone are intercepted, faulted and cut off as others are', {
  skip,
}, async () => {
  await withSetup(async ({ client, server, caller, local, sidecar }) => {
    for (const [host, device] of [
      [client, 'here'],
      [server, 'there'],
    ] as const) {
      host.succeed('ip', '-4', 'addr', 'flush', 'dev', device);
    }
    assert.equal(await caller.connect(addresses.server.ipv6, 5000), 'connected');
    assert.equal(await caller.say('hello'), `${addresses.client.ipv6} hello`);
    assert.equal(await local.connect(addresses.client.ipv6, 6000), 'connected');
    await sidecar.arm('lag', 'tcp latency 200ms from fd77::/64');
    const began = performance.now();
    assert.equal(await caller.say('slow'), `${addresses.client.ipv6} slow`);
    assert.ok(performance.now() - began >= 200);
    await sidecar.arm('split', `tcp partition with ${addresses.client.ipv6}`);
    assert.equal(await caller.say('cut off', 1000), 'nothing');
    await sidecar.disarm('split');
    assert.equal(await caller.hear(), `${addresses.client.ipv6} cut off`);
  });
});

test('connections that were open before us are not torn, nor those that go direct when we come back', {
  skip,
}, async () => {
  await withPair(async (pair) => {
    const server = await Peer.start(pair.server);
    await server.listen(5000);
    const caller = await Peer.start(pair.client);
    await caller.connect(addresses.server.ipv4, 5000);
    assert.equal(await caller.say('before'), `${addresses.client.ipv4} before`);
    const sidecar = await SidecarOnHost.start(pair.server, '--inbound', '5000');
    try {
      assert.equal(await caller.say('during'), `${addresses.client.ipv4} during`);
    } finally {
      await sidecar.close();
    }
    assert.equal(await caller.say('after'), `${addresses.client.ipv4} after`);
  });
});

test('where nobody listens who connects is refused, as without us, and taken once somebody does', {
  skip,
}, async () => {
  await withSetup(
    async ({ caller, listening, sidecar }) => {
      for (const family of ['ipv4', 'ipv6'] as const)
        assert.equal(await caller.connect(addresses.server[family], 5001), 'ECONNREFUSED');
      assert.equal((await sidecar.tcp()).accepted, 0);
      await listening.listen(5001);
      for (const family of ['ipv4', 'ipv6'] as const) {
        assert.equal(await caller.connect(addresses.server[family], 5001), 'connected');
        assert.equal(await caller.say('hello'), `${addresses.client[family]} hello`);
      }
      assert.equal((await sidecar.tcp()).accepted, 2);
    },
    '--inbound',
    '5001',
  );
});

test('a kernel that cannot look for who listens has connections taken all the same, and is told of', {
  skip,
}, async (t) => {
  await withPair(async ({ client, server }) => {
    const environment = { PATH: `${nftWithoutSockets(t)}:${process.env['PATH']}` };
    const sidecar = await SidecarOnHost.startIn(environment, server, '--inbound', '5000,5001');
    try {
      const [listening, caller] = [await Peer.start(server), await Peer.start(client)];
      await listening.listen(5000);
      assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
      assert.equal(await caller.say('hello'), `${addresses.client.ipv4} hello`);
      // Whether it was told of the connection before it was told of its end is chance.
      const told = await caller.connect(addresses.server.ipv4, 5001);
      assert.equal(told === 'connected' ? await caller.hear() : told, 'ECONNRESET');
      assert.equal((await sidecar.tcp()).accepted, 2);
      assert.match(sidecar.said.join('\n'), /tcp\.listeners-unseen.*nft_socket/);
    } finally {
      await sidecar.close();
    }
  });
});

/** A directory with an `nft` for which the kernel has no nft_socket; it says so in the words of the real one. */
function nftWithoutSockets(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-nft-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const script = `#!/bin/sh
script=$(cat)
case "$script" in *' socket '*) echo 'Error: Could not process rule: No such file or directory' >&2; exit 1 ;; esac
PATH=\${PATH#*:}:/usr/sbin:/sbin
echo "$script" | nft "$@"
`;
  writeFileSync(join(folder, 'nft'), script, { mode: 0o755 });
  return folder;
}

test('the node is spared and counted, unless the sentence says node', { skip }, async () => {
  await withSetup(
    async ({ caller, sidecar }) => {
      await sidecar.arm('split', 'tcp partition with 10.77.0.0/24');
      assert.equal(await caller.connect(addresses.server.ipv4, 5000), 'connected');
      assert.equal(await caller.say('hello'), `${addresses.client.ipv4} hello`);
      await until(async () => (await sidecar.fault('split')).tallies.exempted > 0);
      assert.equal((await sidecar.fault('split')).tallies.injected, 0);
      await sidecar.arm('split', 'tcp partition from node');
      assert.equal(await caller.say('again', 1000), 'nothing');
    },
    ...['--inbound', '5000', '--node', addresses.client.ipv4],
  );
});
