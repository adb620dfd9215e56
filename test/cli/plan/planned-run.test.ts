import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planLines } from '../../../cli/commands/plan/plan-lines.js';
import { plannedRun } from '../../../cli/commands/plan/planned-run.js';
import { plain } from '../../../cli/terminal/ink.js';
import { planOf } from '../../../experiment/engine/plan.js';
import { draftText } from '../../../experiment/file/draft.js';
import { readExperiment } from '../../../experiment/file/read-experiment.js';
import type { JournalEvent, Place } from '../../../experiment/journal/events.js';

const file = `
apiVersion: havock8s.io/v1alpha1
kind: Experiment
metadata: { name: slow }
spec:
  targets:
    - { name: primary, workload: { kind: StatefulSet, name: pg }, ordinals: [0] }
    - { name: others, workload: { kind: StatefulSet, name: pg }, ordinals: [1, 2] }
  steps:
    - { name: slow, target: primary, fault: disk latency 1s on fsync for 6s }
    - { wait: { for: 2s } }
    - { name: lost, target: others, delete: {} }`;

const place = (pod: string, role: string | null): Place => ({ pod, uid: `uid-${pod}`, node: 'n1', role });
const resolved: JournalEvent = {
  ...{ atMs: 10, type: 'targets-resolved' },
  targets: { primary: [place('pg-0', 'primary')], others: [place('pg-1', null), place('pg-2', null)] },
};
const stopped = (reason: string, message: string, refusals?: readonly string[]): JournalEvent => ({
  ...{ atMs: 20, type: 'stopped', verdict: 'Aborted', reason, message },
  ...(refusals !== undefined && { refusals }),
});

function planned(...events: readonly JournalEvent[]) {
  const reading = readExperiment(file);
  assert.ok(reading.kind === 'experiment', JSON.stringify(reading));
  return plannedRun(planOf(reading.experiment), events);
}

test('a dry run that could start has the pods of each step, and no refusal', () => {
  const run = planned(resolved, stopped('DryRun', 'nothing was started: a dry run'));
  assert.deepEqual([run?.couldStart, run?.refusals], [true, []]);
  assert.deepEqual(
    run?.steps.map(({ step, sentence, pods }) => [step, sentence, pods]),
    [
      ['slow', 'disk latency 1s on fsync for 6s', ['pg-0']],
      ['lost', null, ['pg-1', 'pg-2']],
    ],
  );
});

test('each refusal is told by itself, and without a list the message is', () => {
  const refused = planned(resolved, stopped('Refused', 'a; b', ['a', 'b']));
  assert.deepEqual([refused?.couldStart, refused?.refusals], [false, ['a', 'b']]);
  const empty = planned(stopped('NoTargets', 'target primary has no pods'));
  assert.deepEqual([empty?.refusals, empty?.targets], [['target primary has no pods'], {}]);
});

test('a journal without an end says nothing', () => assert.equal(planned(resolved), null));

test('people get a table, the steps, and what is against it', () => {
  const run = planned(resolved, stopped('Refused', 'x', ['2 of 3 pods would be taken']));
  assert.ok(run !== null);
  const containers = new Map([['uid-pg-0', ['postgres', 'exporter']]]);
  assert.deepEqual(planLines(run, containers, { ink: plain, columns: 100 }), [
    'TARGET   POD   NODE  ROLE     CONTAINERS',
    'primary  pg-0  n1    primary  postgres, exporter',
    'others   pg-1  n1    -        ?',
    'others   pg-2  n1    -        ?',
    '',
    'Steps',
    '  1. slow: disk latency 1s on fsync for 6s',
    '     on pg-0',
    '  2. lost: The pods are deleted. On others.',
    '     on pg-1, pg-2',
    '',
    'It would not start:',
    '  - 2 of 3 pods would be taken',
  ]);
});

test('the draft of a first experiment in a cluster is one', () => {
  const text = draftText({
    ...{ name: 'slow-wal', fault: 'disk latency 200ms on fsync', probe: 'pg.shop.svc:5432', command: [] },
    workload: { kind: 'StatefulSet', name: 'pg' },
  });
  const reading = readExperiment(text);
  assert.ok(reading.kind === 'experiment', JSON.stringify(reading));
  const { local, targets, safety } = reading.experiment.spec;
  assert.deepEqual([local, targets[0]?.workload?.name, targets[0]?.mode], [undefined, 'pg', 'one']);
  assert.equal(safety.maxPods, '50%');
  assert.match(text, /^# Whom it hits: havock8s plan -f slow-wal\.yaml -n NAMESPACE$/m);
});
