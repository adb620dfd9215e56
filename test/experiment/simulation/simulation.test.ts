/**
 * Random experiments in a world that fails, lags and does things twice, with an executor that dies. What fails is made
 * small, and told with its seed.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Simulation, simulate } from './simulate.js';
import { ledgerFates } from './simulated-ledger.js';

const runs = Number(process.env['HAVOCK8S_SIMULATIONS'] ?? 300);

const chance = (most: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(0) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 100 }).map((percent) => (percent / 100) * most) },
  );

const never = { fromMs: 0, toMs: 0 };

const simulations: fc.Arbitrary<Simulation> = fc.record({
  seed: fc.nat(),
  trouble: fc.record({
    refuses: chance(0.5),
    lagMs: fc.constantFrom(0, 0, 20, 3000),
    repeats: chance(0.5),
    away: fc.constantFrom(
      never,
      never,
      never,
      never,
      { fromMs: 2000, toMs: 8000 },
      { fromMs: 1000, toMs: 10_000_000 },
    ),
    misses: chance(0.5),
  }),
  failing: chance(0.3),
  ledger: fc.constantFrom('none', ...ledgerFates, 'Intact'),
  dies: chance(0.1),
  askedAtMs: fc.constantFrom(...Array<null>(9).fill(null), 0, 1500, 6000),
});

test(`of ${runs} random experiments none leaves a fault, passes falsely, or goes on for ever`, async (t) => {
  const verdicts = new Map<string, number>();
  let deaths = 0;
  await fc.assert(
    fc.asyncProperty(simulations, async (options) => {
      const simulated = await simulate(options);
      deaths += simulated.deaths;
      const verdict = `${simulated.run.judgement?.verdict} ${simulated.run.judgement?.reason}`;
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      assert.deepEqual(simulated.flaws, []);
    }),
    { numRuns: runs },
  );
  t.diagnostic(`${deaths} deaths; ${JSON.stringify(Object.fromEntries(verdicts))}`);
  // A simulation in which nothing ever passes would prove nothing.
  for (const verdict of ['Passed', 'Failed', 'Inconclusive', 'Aborted', 'Error'])
    assert.ok(
      [...verdicts.keys()].some((key) => key.startsWith(verdict)),
      `no run was ${verdict}`,
    );
});
