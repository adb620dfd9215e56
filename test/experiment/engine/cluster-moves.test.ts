import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayBegin } from '../../../experiment/engine/cluster-moves.js';
import type { Observed, ObservedCluster } from '../../../experiment/engine/moves.js';
import { nextStep } from '../../../experiment/engine/next-step.js';
import { newRun } from '../../../experiment/engine/run.js';
import { planFor } from '../plan-for.js';

const steps = [{ fault: 'disk freeze for 5s' }];
const inCluster = planFor({ targets: [{ name: 'db', pods: ['db-0'] }], steps });
const here = planFor({ steps });
const place = { pod: 'db-0', uid: 'u', node: 'n1', role: null };
/** Whoever had it before has written down whom it is about. */
const run = { ...newRun, targets: new Map([['db', [place]]]) };
const observed = (cluster: ObservedCluster | null): Observed => ({
  ...{ faults: null, cluster, pids: { command: null, 'fault-proxy': null }, underway: new Set() },
});
const sound: ObservedCluster = {
  ...{ targets: run.targets, missing: null, refusals: [], isHeld: false, isPaused: false },
  recovered: new Set(),
};

test('while nobody can say anything of the cluster nothing begins: neither safety nor the hold is known', () => {
  assert.equal(mayBegin(inCluster, run, observed(null))?.kind, 'wait');
  const decision = nextStep(inCluster, run, observed(null), 0);
  assert.deepEqual([decision.records, decision.moves], [[], []]);
});

test('on this machine there is no cluster to wait for', () => {
  assert.equal(mayBegin(here, newRun, observed(null)), null);
});

test('it is held before it begins, and begins when it is held', () => {
  const barred = mayBegin(inCluster, run, observed(sound));
  assert.deepEqual(barred?.kind === 'first' && barred.decision.moves.map(({ kind }) => kind), ['hold']);
  assert.equal(mayBegin(inCluster, run, observed({ ...sound, isHeld: true })), null);
});
