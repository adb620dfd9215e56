/** A random experiment on the pods of a simulated cluster: faults, and changes that are taken back. */
import type { SeededRandom } from '../seeded-random.js';

export interface RandomExperiment {
  /** Names of its targets. */
  readonly pods: readonly string[];
  readonly spec: object;
}

export function randomExperiment(random: SeededRandom): RandomExperiment {
  const pods = random.one([['db-0'], ['db-1'], ['db-2'], ['db-0', 'db-1']]);
  const steps = Array.from({ length: 1 + random.integer(3) }, () =>
    random.chance(0.3) ? { parallel: two(random) } : step(random),
  );
  const spec = {
    targets: [{ name: 'db', pods }],
    safety: { allow: ['quorum', 'share'], maxNodes: 3 },
    ...{ steps, timeLimit: '3m', recoveryObjective: '10s' },
  };
  return { pods, spec };
}

/** Not both scale: a file in which they do is refused. */
function two(random: SeededRandom): readonly object[] {
  const [one, other] = [step(random), step(random)];
  return 'scale' in one && 'scale' in other ? [one] : [one, other];
}

const step = (random: SeededRandom): object =>
  random.one([
    { fault: `disk latency 10ms on fsync for ${1 + random.integer(20)}s` },
    { fault: `disk freeze on read for ${1 + random.integer(9)}s` },
    { wait: { for: `${1 + random.integer(5)}s` } },
    { delete: {} },
    { scale: { replicas: 2, for: `${1 + random.integer(9)}s` } },
    { node: { action: random.one(['cordon', 'taint']), for: `${1 + random.integer(9)}s` } },
  ]);
