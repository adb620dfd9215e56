/**
 * How many reviews are answered a second, and how long one takes. A loop that is closed tells the one or the other:
 * with many connections the core is busy throughout and a review mostly waits for those before it, so the time that
 * counts is taken with two, as from an API server that creates a pod while it creates another, and of large pods, which
 * are rare, with one.
 */
import type { Metric } from '../benchmark.js';
import type { Load, Memory } from './review-server.js';
import type { Benchmark, Context } from './target.js';

const many = 64;

interface Kind extends Pick<Load, 'path' | 'pod'> {
  readonly name: string;
  readonly title: string;
  readonly count: 'reviews' | 'largeReviews';
  /** Of reviews a second, where one is set. */
  readonly atLeast?: number;
  /** Connections, when time counts. */
  readonly few: number;
  /** Of the 99th percentile then. */
  readonly boundMs: number;
}

const inject = { path: '/inject', pod: 'usual', count: 'reviews', few: 2, boundMs: 5 } as const;

const kinds: readonly Kind[] = [
  { ...inject, name: 'inject', title: 'inject, 12 KiB', atLeast: 3000 },
  {
    ...{ ...inject, name: 'inject-large', title: 'inject, 300 KiB', pod: 'large' },
    ...{ count: 'largeReviews', few: 1, boundMs: 10 },
  },
  { ...inject, name: 'faults', title: 'validate, 2 x 12 KiB', path: '/validate-faults' },
];

function saturated({ name, title, atLeast, ...kind }: Kind): Benchmark {
  const times = `${title}, ${many} connections`;
  return {
    name,
    title: times,
    unit: 'reviews/s',
    better: 'more',
    goals: atLeast === undefined ? [] : [{ kind: 'above', of: ['ours'], bound: atLeast }],
    also: [
      time(`${name}-queued-p50`, `${times}: p50`),
      time(`${name}-queued-p99`, `${times}: p99`),
      time(`${name}-processor`, `${title}, processor time of a review`),
    ],
    ...targetsOf(kind),
    measure: async (context) => {
      const { perSecond, p50Ms, p99Ms, processorMs } = await measure(kind, many, context);
      return [perSecond, p50Ms, p99Ms, processorMs];
    },
  };
}

function unhurried({ name, title, few, boundMs, ...kind }: Kind): Benchmark {
  const times = `${title}, ${few} ${few === 1 ? 'connection' : 'connections'}`;
  return {
    ...time(`${name}-p99`, `${times}: p99`),
    goals: [{ kind: 'below', of: ['ours'], bound: boundMs }],
    also: [time(`${name}-p50`, `${times}: p50`)],
    ...targetsOf(kind),
    measure: async (context) => {
      const { p50Ms, p99Ms } = await measure(kind, few, context);
      return [p99Ms, p50Ms];
    },
  };
}

const time = (name: string, title: string): Metric => ({ name, title, unit: 'ms', better: 'less' });

/** How patches are made does not matter where none is made. */
const targetsOf = ({ path }: Pick<Kind, 'path'>): Pick<Benchmark, 'targets'> =>
  path === '/inject' ? {} : { targets: ['ours'] };

/** The processor's time is that of the server, whatever else the machine does. */
async function measure(
  { path, pod, count }: Pick<Kind, 'path' | 'pod' | 'count'>,
  connections: number,
  { target: { server }, size }: Context,
) {
  const { measured, warmUp } = size[count];
  const before = server.processorMs();
  const times = await server.load({ path, pod, connections, measured, warmUp });
  return { ...times, processorMs: (server.processorMs() - before) / (measured + warmUp) };
}

const megabytes = (name: string, title: string): Metric => ({
  name,
  title,
  unit: 'MB',
  better: 'less',
  compared: false,
});

/** Does a server that goes on answering become larger? One that has answered nobody yet is looked at three times. */
const memory: Benchmark = {
  ...megabytes('heap-growth', "heap's growth from the first look to the third"),
  goals: [{ kind: 'below', of: ['ours'], bound: 1 }],
  once: true,
  targets: ['ours'],
  also: (['heap', 'resident'] as const).flatMap((what) =>
    ['10k', '50k', '100k'].map((count) => megabytes(`${what}-${count}`, `${what} after ${count} reviews`)),
  ),
  measure: async ({ target, size }) => {
    await using server = await target.startAnother();
    const looks: Memory[] = [];
    let answered = 0;
    for (const count of size.memoryAfter) {
      const measured = count - answered;
      await server.load({ path: '/inject', pod: 'usual', connections: 16, measured, warmUp: 0 });
      answered = count;
      looks.push(await server.memory());
    }
    const heaps = looks.map(({ heapUsed }) => heapUsed / 1e6);
    const growth = (heaps.at(-1) ?? Number.NaN) - (heaps[0] ?? Number.NaN);
    return [growth, ...heaps, ...looks.map(({ rss }) => rss / 1e6)];
  },
};

export const benchmarks: readonly Benchmark[] = [
  ...kinds.flatMap((kind) => [saturated(kind), unhurried(kind)]),
  memory,
];
