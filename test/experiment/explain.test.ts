import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainPlan } from '../../experiment/explain.js';
import { planFor } from './plan-for.js';

/** By heading. */
const explained = (spec: object): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    explainPlan(planFor({ steps: [{ wait: { for: '1s' } }], ...spec })).map(({ heading, lines }) => [
      heading,
      lines,
    ]),
  );

test('a crash before the data is read back is told with the data', () => {
  const ledger = { redis: { url: 'redis://127.0.0.1' } };
  const local = { restart: 'onFailure' };
  const crash = /, after the command was killed once more \(SIGKILL\) and started again\./;
  const told = (more: object) =>
    explained({ local, ledger: { ...ledger, ...more } })['The data']?.join('') ?? '';
  assert.match(told({ crashBeforeReadBack: true }), crash);
  assert.doesNotMatch(told({}), crash);
});

test('what each phase tolerates is told where it matters', () => {
  const tcp = { address: '127.0.0.1:1' };
  const tolerance = {
    before: { failures: 2, stableFor: '5s' },
    during: { consecutive: 2 },
    after: { failures: 0, successes: 2, stableFor: '10s' },
  };
  const {
    Before = [],
    After = [],
    ...rest
  } = explained({
    hypothesis: {
      probes: [
        { name: 'p', tcp, abort: true, tolerance },
        { name: 'q', tcp },
      ],
    },
  });
  const [bounded = '', usual = ''] = Before.map((line) => line.replace(/.* for at most 5s; /, ''));
  assert.equal(
    bounded,
    'it must succeed 3 times one after another, and go on for 5s; once it has succeeded, it may fail twice, or nothing is started.',
  );
  assert.equal(usual, 'it must succeed 3 times one after another.');
  assert.deepEqual(rest['While they go on']?.slice(0, 2), [
    'p may fail, at most twice one after another; beyond that the run ends at once.',
    'q may not fail.',
  ]);
  assert.deepEqual(After.slice(1, 3), [
    'p must succeed twice one after another, and go on for 10s; once it has succeeded, it may not fail; beyond that the run ends at once.',
    'q must succeed, and go on for 3s.',
  ]);
});
