/** More files than there is memory to know: slower, never dead. At the limit that a pod with one volume has by default. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { defaultConfig } from '../../../../webhook/injection-config.js';
import { needs } from '../../../needs.js';
import { until } from '../../mounted/until.js';
import { Peer } from '../../network/peer.js';
import { MemoryCgroup } from './memory-cgroup.js';
import { Pod } from './pod.js';

const maker = fileURLToPath(new URL('./make-files.js', import.meta.url));
const folders = 300;
const each = 10_000;
const mib = 2 ** 20;
/** What a process keeps of the memory that it once had, the allocator's and the collector's. */
const keptMb = 64;

test(`a walk over ${folders * each} files meets each, faults are armed and disarmed meanwhile, and memory comes back`, {
  skip: needs('root', 'fuse', 'setpriv', 'unshare', 'network'),
}, async (t) => {
  const cgroup = new MemoryCgroup(t, defaultLimitBytes());
  const pod = await Pod.start(t, {
    volumes: [{ name: 'data', isInMemory: true }],
    faultsSetup: cgroup.joining,
    faultsArgs: ['--open-control'],
  });
  await Promise.all([
    output(pod, [process.execPath, maker, pod.disk('data'), '0', String(folders / 2), String(each)]),
    output(pod, [
      process.execPath,
      maker,
      pod.disk('data'),
      String(folders / 2),
      String(folders),
      String(each),
    ]),
  ]);
  await pod.startMount();
  const faults = await pod.startFaults();
  const operator = await Operator.start(pod, faults.log);
  const before = cgroup.heldMb;
  let most = before;
  let walks = true;
  const served = join(pod.havock8s, 'served', 'data');
  const walk = output(pod, ['find', served, '-type', 'f', '-printf', 'f']);
  const ended = walk.finally(() => {
    walks = false;
  });
  let switched = 0;
  while (walks) {
    await operator.armAndDisarm();
    most = Math.max(most, cgroup.heldMb);
    switched++;
  }
  assert.equal((await ended).length, folders * each);
  // Each is looked up: the kernel asks for what was listed without being looked up.
  const some = await output(pod, ['find', join(served, 'folder-7'), '-size', '0', '-printf', 'f']);
  assert.equal(some.length, each);
  await until(() => cgroup.heldMb < before + keptMb, 30_000);
  t.diagnostic(`${before} MiB before, ${most} at most, ${cgroup.heldMb} after; armed ${switched} times`);
  assert.equal(cgroup.oomKills, 0);
  assert.ok(switched > 3, 'the walk was over before a fault was armed');
  assert.equal(faults.log.filter((line) => line.includes('"fault-proxy.died"')).length, 0);
});

function defaultLimitBytes(): number {
  const { limits, memoryPerVolume } = defaultConfig.resources.faults;
  const [limit, perVolume] = [limits.memory, memoryPerVolume].map((text) => Number.parseInt(text ?? '', 10));
  return ((limit ?? 0) + (perVolume ?? 0)) * mib;
}

/** What a program writes, in the node's namespaces; it must end well. */
function output(pod: Pod, command: readonly string[]): Promise<string> {
  const [program = '', ...args] = pod.node.entering(command);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const parts: string[] = [];
  child.stdout.setEncoding('latin1').on('data', (text: string) => parts.push(text));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => (code === 0 ? resolve(parts.join('')) : reject(new Error(`exit ${code}`))));
  });
}

/** Somebody at the control endpoint, in the pod's network. */
class Operator {
  readonly #peer: Peer;
  readonly #url: string;
  private constructor(peer: Peer, url: string) {
    this.#peer = peer;
    this.#url = url;
  }

  static async start(pod: Pod, log: readonly string[]): Promise<Operator> {
    const url = (): string =>
      /"url":"([^"]+)"/.exec(log.find((line) => line.includes('"control.listening"')) ?? '')?.[1] ?? '';
    await until(() => url() !== '');
    return new Operator(await Peer.start(pod.node.network), url());
  }

  async armAndDisarm(): Promise<void> {
    const at = `${this.#url}/v1/faults/slow`;
    const armed = await this.#peer.request('PUT', at, { sentence: 'disk latency 1ms on read in never/**' });
    assert.equal(armed.status < 300, true, armed.text);
    const disarmed = await this.#peer.request('DELETE', at);
    assert.equal(disarmed.status < 300, true, disarmed.text);
  }
}
