import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plannedSteps } from '../../../experiment/file/planned-steps.js';
import { readExperiment } from '../../../experiment/file/read-experiment.js';

const file = (spec: string): string =>
  `apiVersion: havock8s.io/v1alpha1\nkind: Experiment\nmetadata: { name: a }\nspec:\n${spec}`;

function problemsOf(spec: string): readonly string[] {
  const reading = readExperiment(file(spec));
  return reading.kind === 'problems' ? reading.problems.map(({ message }) => message) : [];
}

const two = `  targets:
    - { name: primary, workload: { kind: StatefulSet, name: pg }, ordinals: [0] }
    - { name: rest, selector: { matchLabels: { app: pg } }, exclude: { pods: [pg-0] }, mode: 50% }
`;

test('a step says to which of several targets it is done', () => {
  assert.deepEqual(
    problemsOf(`${two}  steps:
    - { fault: tcp blackhole for 5s }
    - { delete: {}, target: primry }
    - { wait: { for: 1s }, target: rest }
    - { kill: { process: command } }
    - { scale: { replicas: 1, for: 1m }, target: rest }
`),
    [
      'does not say to which pods; expected target: one of primary, rest',
      'no target is called primry; did you mean primary?',
      'is of steps with fault, ramp, delete, restart, scale, node',
      'is of a process of one machine; in a cluster expected restart or delete',
      'is of a workload, and target rest names none; expected workload: {kind, name}',
    ],
  );
});

test('one workload is not scaled twice at the same time, and one after the other it is', () => {
  const target = '  targets: [{ name: db, workload: { kind: StatefulSet, name: pg } }]\n';
  const scale = (replicas: number, more = '') => `{ scale: { replicas: ${replicas}, for: 1m }${more} }`;
  assert.deepEqual(
    problemsOf(`${target}  steps:
    - { wait: { for: 1s } }
    - parallel: [${scale(2, ', name: less')}, { repeat: { times: 2, steps: [${scale(1)}] } }]
`),
    ['1.scale-1', '2.scale-1'].map(
      (id) =>
        `parallel-2.repeat-2.${id} and parallel-2.less scale StatefulSet pg at the same time, and neither would know what it was before; expected one after the other`,
    ),
  );
  assert.deepEqual(problemsOf(`${target}  steps: [${scale(2)}, ${scale(1)}]\n`), []);
  assert.match(
    problemsOf(`${target}  steps: [${scale(2, ', name: a')}, ${scale(1, ', name: b, after: []')}]\n`).join(),
    /^b and a scale StatefulSet pg at the same time/,
  );
});

test('what only a cluster has needs targets', () => {
  assert.deepEqual(
    problemsOf(`  steps:
    - { delete: {} }
    - { fault: tcp blackhole for 5s, target: db }
`),
    [
      'is done to pods of a cluster, and the experiment names none; expected spec.targets',
      'names a target, and the experiment has none; expected spec.targets',
    ],
  );
});

test('finally changes nothing, and no program runs beside the controller', () => {
  assert.deepEqual(
    problemsOf(`  targets: [{ name: db, pods: [pg-0] }]
  hypothesis: { probes: [{ name: p, exec: { command: ['true'] } }] }
  steps: [{ wait: { for: 1s } }]
  finally: { steps: [{ restart: {} }] }
`),
    [
      'finally changes nothing; expected wait or probe',
      'runs a program of this machine; in a cluster expected a probe that asks over the network, such as tcp, http or postgres',
    ],
  );
});

test('a target is found in one way, and as many of it as its mode says', () => {
  const of = (target: string): readonly string[] =>
    problemsOf(`  targets: [${target}]\n  steps: [{ wait: { for: 1s } }]\n`);
  assert.deepEqual(of('{ name: a, pods: [b], node: n1 }'), [
    'spec.targets[0].node: beside pods; expected one of workload, selector, pods, claim, node',
  ]);
  assert.deepEqual(of('{ name: a, pods: [b], ordinals: [1] }'), [
    'spec.targets[0].ordinals: are of a workload, and the target names none',
  ]);
  assert.deepEqual(of('{ name: a, pods: [b], mode: most }'), [
    'spec.targets[0].mode is "most"; expected one, all, a number of pods such as 2, or a share of them such as 30%',
  ]);
  for (const mode of ['one', 'all', '2', '100%', '7%'])
    assert.deepEqual(of(`{ name: a, pods: [b], mode: ${mode} }`), [], mode);
});

test('safety is on, and is switched off by name', () => {
  assert.deepEqual(
    problemsOf(`  targets: [{ name: db, pods: [pg-0] }]
  safety: { allow: [quorums], allowedWindows: [{ from: '9:00', to: '17:00', timeZone: Mars/Base }] }
  steps: [{ wait: { for: 1s } }]
`),
    [
      'spec.safety.allow[0] is "quorums"; expected one of quorum, budget, share, overlap, ours',
      'spec.safety.allowedWindows[0].from is "9:00"; expected a time of day such as 09:30',
      'spec.safety.allowedWindows[0].timeZone: no time zone that is known',
    ],
  );
});

test('a node that is cut is the network of its pods, and their disks where they freeze', () => {
  const reading = readExperiment(
    file(`  targets: [{ name: db, pods: [pg-0] }]
  steps: [{ name: lost, node: { action: cut, for: 1m, freeze: true } }, { name: then, wait: { for: 1s } }]
`),
  );
  assert.ok(reading.kind === 'experiment');
  assert.deepEqual(
    plannedSteps(reading.experiment.spec.steps).map(({ id, after, action }) => [
      id,
      after,
      action.kind === 'fault' ? [action.sentence.text, action.onNodes] : action.kind,
    ]),
    [
      ['lost.network', [], ['tcp partition for 1m', true]],
      ['lost.disk', [], ['disk freeze for 1m', true]],
      ['then', ['lost.network', 'lost.disk'], 'wait'],
    ],
  );
});

test('a secret is of where the run is: nobody names what the controller has', () => {
  const probe = (from: string): string =>
    `  hypothesis: { probes: [{ name: p, postgres: { url: 'postgres://app@db/app', passwordFrom: ${from} } }] }
  steps: [{ wait: { for: 1s } }]
`;
  const target = '  targets: [{ name: db, pods: [pg-0] }]\n';
  assert.deepEqual(problemsOf(target + probe('{ file: /var/run/secrets/token }')), [
    'names a variable or a file of one machine; in a cluster expected secret: {name, key}',
  ]);
  assert.deepEqual(problemsOf(target + probe('{ secret: { name: pg, key: password } }')), []);
  assert.deepEqual(problemsOf(probe('{ secret: { name: pg, key: password } }')), [
    'names a Secret of a cluster; on one machine expected env or file',
  ]);
});
