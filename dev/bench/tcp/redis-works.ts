/** GETs of a value of 100 bytes, as redis-benchmark asks for them: the rate, and how long one takes. */
import { parseRedisBenchmark } from './redis-benchmark-result.js';
import { asClient, atLeast, type Figure, type Goal, type Work, type WorkContext } from './work.js';

const goals: readonly Goal[] = [atLeast(1, 'haproxy'), atLeast(1.3, 'toxiproxy')];

export const redisWorks: readonly Work[] = [
  redisWork(50, ({ manyRequests }) => manyRequests),
  redisWork(1, ({ fewRequests }) => fewRequests),
];

function redisWork(clients: number, requests: (size: WorkContext['size']) => number): Work {
  const name = `redis-${clients}`;
  const title = `Redis GET, ${clients} client${clients > 1 ? 's' : ''}`;
  return {
    name,
    title,
    unit: 'requests/s',
    better: 'more',
    goals,
    also: [percentile('p50'), percentile('p99')],
    measure: async (context) => {
      await benchmark(context, '-t', 'set', '-n', 1, '-c', 1, '-d', 100);
      const count = requests(context.size);
      const told = parseRedisBenchmark(await benchmark(context, '-t', 'get', '-n', count, '-c', clients));
      return [told.requestsPerSecond, told.p50Ms, told.p99Ms];
    },
  };

  function percentile(which: string): Figure {
    return { name: `${name}-${which}`, title: `${title}: ${which}`, unit: 'ms', better: 'less', goals: [] };
  }
}

const benchmark = (context: WorkContext, ...load: readonly (string | number)[]): Promise<string> => {
  const { network, ports } = context.place;
  const target = ['-h', network.serverAddress, '-p', ports.redis];
  return asClient(context, 'redis-benchmark', ...target, '--csv', ...load);
};
