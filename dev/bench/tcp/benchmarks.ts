/** Every benchmark of TCP, in the order it is done: memory first, while no proxy has kept any from other benchmarks. */
import { fileURLToPath } from 'node:url';
import { Daemon } from '../../programs/daemon.js';
import { run } from '../../programs/run.js';
import type { Goal, Metric } from '../benchmark.js';
import { residentKiB } from '../machine.js';
import { within } from './network.js';
import { parseIperf, parseRedisBenchmark, parseWrk } from './outputs.js';
import { type Benchmark, type Context, ours, type Size, type TargetName, targetNames } from './target.js';

const programOf = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Both modes are at least so many times as good. */
const atLeast = (times: number, against: TargetName): Goal => ({
  kind: 'ratio',
  of: ours,
  against,
  atLeast: times,
});

/**
 * What one more idle connection occupies in the proxy's process, as the kernel counts it: how much larger a process
 * that has carried none yet becomes with thousands of them. A second time would find what it kept of the first.
 */
const idleConnection: Benchmark = {
  name: 'idle-connection',
  title: 'memory of an idle connection',
  unit: 'KiB',
  better: 'less',
  compared: false,
  once: true,
  targets: targetNames.filter((name) => name !== 'direct'),
  goals: [{ kind: 'below', of: ours, bound: 10 }],
  measure: async ({ target: { network, ports, proxyPid }, size, signal }) => {
    const before = residentKiB(proxyPid);
    const load = [programOf('idle-connections'), network.serverAddress, ports.redis, size.idleConnections];
    await using clients = await Daemon.start(...within(network.client, process.execPath, ...load));
    const areOpen = (lines: readonly string[]) => lines.includes('connected') || null;
    await clients.until('connect', areOpen, { patienceMs: 60_000, signal });
    return (residentKiB(proxyPid) - before) / size.idleConnections;
  },
};

/** iperf3, one stream towards the server, as fast as it goes. */
const bulk: Benchmark = {
  name: 'bulk',
  title: 'bulk, one stream',
  unit: 'Gbit/s',
  better: 'more',
  goals: [atLeast(1.3, 'haproxy'), atLeast(1.3, 'toxiproxy')],
  measure: async (context) => ((await bytesPerSecond(context, context.size.bulkSeconds)) * 8) / 1e9,
};

/** GETs of a value of 100 bytes, as redis-benchmark asks for them: the rate, and how long one takes. */
function redis(clients: number, requests: (size: Size) => number): Benchmark {
  const name = `redis-${clients}`;
  const title = `Redis GET, ${clients} client${clients > 1 ? 's' : ''}`;
  const time = (which: string): Metric => ({
    name: `${name}-${which}`,
    title: `${title}: ${which}`,
    unit: 'ms',
    better: 'less',
  });
  return {
    name,
    title,
    unit: 'requests/s',
    better: 'more',
    goals: [atLeast(1, 'haproxy'), atLeast(1.3, 'toxiproxy')],
    also: [time('p50'), time('p99')],
    measure: async (context) => {
      const { network, ports } = context.target;
      const ask = (...load: readonly (string | number)[]) =>
        asClient(
          context,
          'redis-benchmark',
          '-h',
          network.serverAddress,
          '-p',
          ports.redis,
          '--csv',
          ...load,
        );
      await ask('-t', 'set', '-n', 1, '-c', 1, '-d', 100);
      const told = parseRedisBenchmark(await ask('-t', 'get', '-n', requests(context.size), '-c', clients));
      return [told.perSecond, told.p50Ms, told.p99Ms];
    },
  };
}

/** A new connection for each request, by wrk: what it costs to open one, pass a few bytes and end it. */
const connections: Benchmark = {
  name: 'connections',
  title: 'new connections',
  unit: 'connections/s',
  better: 'more',
  goals: [atLeast(0.9, 'haproxy'), atLeast(1.3, 'toxiproxy')],
  measure: async (context) => {
    const { network, ports } = context.target;
    const load = ['--threads', 1, '--connections', 32, '--duration', context.size.connectionSeconds];
    const url = `http://${network.serverAddress}:${ports.http}/`;
    return parseWrk(await asClient(context, 'wrk', ...load, '--header', 'Connection: close', url));
  },
};

/** How much longer a round trip takes when a fault delays one of its ways. */
const latency = (delayMs: number): Benchmark => ({
  name: `latency-${delayMs}`,
  title: `round trip under latency ${delayMs}ms`,
  unit: 'ms',
  better: 'less',
  compared: false,
  targets: ['direct', ...ours],
  goals: [{ kind: 'near', of: ours, value: delayMs, tolerance: 1 + delayMs / 100, base: 'direct' }],
  measure: async (context) => {
    const { network, ports, arm } = context.target;
    await using _ = await arm?.(`tcp latency ${delayMs}ms from 0.0.0.0/0`);
    const count = Math.ceil((context.size.roundTripSeconds * 1000) / delayMs);
    const load = [programOf('round-trips'), network.serverAddress, ports.redis, count];
    return Number(await asClient(context, process.execPath, ...load));
  },
});

const capMiB = 10;

/** iperf3 at the rate that a fault allows. */
const capped: Benchmark = {
  name: 'bandwidth',
  title: `bulk under bandwidth ${capMiB}Mi/s`,
  unit: 'MiB/s',
  better: 'more',
  compared: false,
  targets: ours,
  goals: [{ kind: 'near', of: ours, value: capMiB, tolerance: capMiB * 0.03 }],
  measure: async (context) => {
    await using _ = await context.target.arm?.(`tcp bandwidth ${capMiB}Mi/s`);
    return (await bytesPerSecond(context, context.size.cappedSeconds)) / 2 ** 20;
  },
};

export const benchmarks: readonly Benchmark[] = [
  idleConnection,
  bulk,
  redis(50, ({ manyRequests }) => manyRequests),
  redis(1, ({ fewRequests }) => fewRequests),
  connections,
  latency(20),
  latency(200),
  capped,
];

/** The first second is not counted, while windows grow and buffers fill. */
async function bytesPerSecond(context: Context, seconds: number): Promise<number> {
  const { network, ports } = context.target;
  const server = ['--client', network.serverAddress, '--port', ports.iperf3];
  return parseIperf(await asClient(context, 'iperf3', '--json', ...server, '--time', seconds, '--omit', 1));
}

/** Runs a program where the clients are; resolves to what it wrote. */
const asClient = (
  { target, signal }: Context,
  program: string,
  ...args: readonly (string | number)[]
): Promise<string> => run(...within(target.network.client, program, ...args), { signal });
