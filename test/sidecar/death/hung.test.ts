/** A fault proxy that hangs is killed, and the next takes over; one that only waits for its disk, or was suspended, is not. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { type MountedDisk, withMount } from '../mounted/mounted-disk.js';
import { until } from '../mounted/until.js';
import { addresses, withPair } from '../network/host.js';
import { Peer } from '../network/peer.js';
import { SidecarOnHost } from '../network/sidecar-on-host.js';

const skip = needs('root', 'fuse');
/** Five seconds of silence, and the takeover; a loop that gets little of a processor is found later. */
const leastMs = 4000;
const mostMs = 60_000;

const { NODE_OPTIONS = '' } = process.env;
const loadingStuck = {
  NODE_OPTIONS: `${NODE_OPTIONS} --import ${new URL('./stuck.js', import.meta.url).href}`,
};
Object.assign(process.env, loadingStuck);

/** How long until another fault proxy serves. */
async function replacedMs({ sidecar, control }: MountedDisk): Promise<number> {
  const [pid, started] = [sidecar.proxyPid(), performance.now()];
  await until(async () => sidecar.proxyPid() !== pid && (await control.isReady()), mostMs);
  return performance.now() - started;
}

const ways: Readonly<Record<string, NodeJS.Signals>> = {
  'is stopped': 'SIGSTOP',
  'has its main thread in a loop': 'SIGUSR2',
};

for (const [what, signal] of Object.entries(ways))
  test(`a fault proxy that ${what} is replaced, and what it was asked is answered`, { skip }, async (t) => {
    await withMount(async (disk) => {
      await writeFile(join(disk.mount, 'before'), 'of before');
      const file = await open(join(disk.mount, 'open'), 'w+');
      process.kill(disk.sidecar.proxyPid(), signal);
      const answered = Promise.all([
        readFile(join(disk.mount, 'before'), 'utf8'),
        file.write('written'),
        file.sync(),
      ]);
      const tookMs = await replacedMs(disk);
      t.diagnostic(`replaced after ${Math.round(tookMs)} ms`);
      assert.ok(tookMs > leastMs, `${tookMs} ms`);
      assert.equal((await answered)[0], 'of before');
      await file.close();
      assert.equal(readFileSync(join(disk.backing, 'open'), 'utf8'), 'written');
      assert.match(disk.log.join('\n'), /"fault-proxy\.hung".*its main thread gave no sign of life/);
    });
  });

test('one that stands by and is stopped is replaced too', { skip }, async () => {
  await withMount(async (disk) => {
    const { sidecar, log } = disk;
    const standbys = (): readonly number[] =>
      childrenOf(parentOf(sidecar.proxyPid())).filter((pid) =>
        read(pid, 'cmdline').startsWith('havock8s-spare'),
      );
    await until(() => standbys().length === 1, 20_000);
    const [stopped = 0] = standbys();
    process.kill(stopped, 'SIGSTOP');
    await until(() => standbys().some((pid) => pid !== stopped), 20_000);
    assert.match(log.join('\n'), new RegExp(`"fault-proxy\\.hung","hung":${stopped},`));
    process.kill(sidecar.proxyPid(), 'SIGKILL');
    await until(() => disk.control.isReady(), 20_000);
  });
});

test('while the disk beneath hangs, and after everything was suspended, nobody is killed', {
  skip,
}, async () => {
  await withMount(async (inner) => {
    await writeFile(join(inner.backing, 'file'), 'slow');
    await withMount(
      async (outer) => {
        const pid = outer.sidecar.proxyPid();
        // One read is carried out by a reader, and one, after its wait, by the main thread.
        await outer.control.arm('late', 'disk latency 1ms on read in file');
        await inner.control.arm('ice', 'disk freeze on read for 8s');
        assert.equal(await readFile(join(outer.mount, 'file'), 'utf8'), 'slow');
        assert.equal(outer.sidecar.proxyPid(), pid, outer.log.join('\n'));

        const everybody = [parentOf(pid), ...childrenOf(parentOf(pid))];
        for (const one of everybody) process.kill(one, 'SIGSTOP');
        const stopped = performance.now();
        await until(() => performance.now() - stopped > 7000, 20_000);
        for (const one of everybody) process.kill(one, 'SIGCONT');
        await until(() => outer.control.isReady(), 20_000);
        assert.equal(outer.sidecar.proxyPid(), pid, outer.log.join('\n'));
      },
      { backing: inner.mount },
    );
  });
});

const sticking: Readonly<Record<string, (sidecar: SidecarOnHost, open: Peer) => Promise<unknown>>> = {
  'is stopped': async (sidecar) => process.kill(await sidecar.proxyPid(), 'SIGSTOP'),
  'has its TCP proxy in a loop': async (_, open) => open.say('loop for ever', 100),
};

for (const [what, stick] of Object.entries(sticking))
  test(`of a fault proxy that ${what} the open connection is reset, and the next serves who connects meanwhile`, {
    skip: needs('network'),
  }, async () => {
    await withPair(async ({ client, server }) => {
      const listening = await Peer.start(server);
      await listening.listen(5000);
      const [early, late] = [await Peer.start(client), await Peer.start(client)];
      const sidecar = await SidecarOnHost.startIn(loadingStuck, server, '--inbound', '5000');
      try {
        await sidecar.arm('late', 'tcp latency 1ms');
        const pid = await sidecar.proxyPid();
        assert.equal(await early.connect(addresses.server.ipv4, 5000), 'connected');
        assert.equal(await early.say('early'), `${addresses.client.ipv4} early`);
        await stick(sidecar, early);
        assert.equal(await late.connect(addresses.server.ipv4, 5000), 'connected');
        assert.equal(await late.say('late', mostMs), `${addresses.client.ipv4} late`);
        assert.equal(await early.say('still there?'), 'ECONNRESET');
        await until(() => sidecar.isAnswering(), 20_000);
        assert.notEqual(await sidecar.proxyPid(), pid);
        assert.match(sidecar.said.join('\n'), /"fault-proxy\.hung"/);
      } finally {
        await sidecar.close();
      }
    });
  });

const parentOf = (pid: number): number => Number(/^PPid:\s*(\d+)$/m.exec(read(pid, 'status'))?.[1] ?? 0);

const childrenOf = (pid: number): readonly number[] =>
  read(pid, `task/${pid}/children`)
    .split(' ')
    .map(Number)
    .filter((child) => child > 0);

/** It may be gone by now. */
function read(pid: number, file: string): string {
  const path = `/proc/${pid}/${file}`;
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
