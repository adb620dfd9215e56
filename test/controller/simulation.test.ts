/** More of them: HAVOCK8S_SIMULATIONS=10000, from another first one: HAVOCK8S_SEED=5000. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../seeded-random.js';
import { type ClusterSimulation, simulateCluster } from './simulate-cluster.js';

const count = Number(process.env['HAVOCK8S_SIMULATIONS'] ?? 60);
const first = Number(process.env['HAVOCK8S_SEED'] ?? 1);

test('whatever fails: nothing beyond its targets, nothing without a hold, nothing left, and a verdict', async (context) => {
  const verdicts = new Map<string, number>();
  let deaths = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const options = simulationOf(seed);
    const simulated = await simulateCluster(options).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${JSON.stringify(options)}`, { cause: error });
    });
    assert.deepEqual(simulated.flaws, [], `seed ${seed}: ${JSON.stringify(options)}`);
    deaths += simulated.deaths;
    for (const verdict of simulated.verdicts) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  }
  context.diagnostic(`${count} clusters, ${deaths} deaths: ${JSON.stringify(Object.fromEntries(verdicts))}`);
});

function simulationOf(seed: number): ClusterSimulation {
  const random = new SeededRandom(seed * 7919);
  const chance = (): number => random.one([0, 0, 0.02, 0.1]);
  const trouble = {
    ...{ refuses: chance(), loses: chance(), doubles: chance(), conflicts: chance() },
    ...{ expires: chance(), silences: chance(), lagMs: random.one([0, 200, 2000]) },
  };
  const ends = random.one(['killed', 'cut-off', 'doubled'] as const);
  const dies = random.one([0, 0.02, 0.1]);
  // Two that differ the most are less than a minute apart.
  return { seed, trouble, dies, ends, skewMs: random.one([0, 0, 300, 4000, 29_000]) };
}
