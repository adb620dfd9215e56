/** Experiments that are created while the webhook is there, and while it is dead. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { KubectlResult } from '../../../dev/cluster/kubectl.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { readyExperiments } from './ready-experiments.js';
import { databases, WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv');

type Fields = Readonly<Record<string, unknown>>;

const targets = [{ name: 'db', workload: { kind: 'StatefulSet', name: 'pg' } }];
const wait = { wait: { for: '1s' } };
const experiment = (metadata: Fields, spec: Fields) => ({
  apiVersion: 'havock8s.io/v1alpha1',
  kind: 'Experiment',
  metadata,
  spec,
});

suite('Experiments and the webhook', { skip }, () => {
  let cluster: WebhookCluster;
  before(async () => {
    cluster = await WebhookCluster.start({ replicas: 1 });
    await until(async () => (await create({ name: 'probe' }, { targets, steps: [wait] })).code === 0, 20_000);
    await until(async () => (await create({ name: 'probe' }, { steps: [wait] })).code !== 0, 20_000);
  });
  after(() => cluster?.stop());

  const inNamespace = `--namespace=${databases}`;
  const create = (metadata: Fields, spec: Fields, ...args: readonly string[]): Promise<KubectlResult> =>
    cluster.kubectl.run(
      ['create', inNamespace, '--filename=-', ...(args.length > 0 ? args : ['--dry-run=server'])],
      experiment(metadata, spec),
    );
  const patch = (name: string, spec: Fields): Promise<KubectlResult> =>
    cluster.kubectl.run([
      ...['patch', 'experiment', name, inNamespace, '--type=merge'],
      `--patch=${JSON.stringify({ spec })}`,
    ]);

  test('every ready one is taken, once it is about pods', async () => {
    for (const { metadata, spec } of readyExperiments()) {
      const { code, stderr } = await create(metadata, spec);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, metadata.name);
    }
  });

  const bad: Readonly<Record<string, readonly [Fields, readonly string[]]>> = {
    'all that is wrong is told at once, with the nearest word, also what the schema would have refused': [
      {
        targets: [{ name: 'db', workloat: { kind: 'StatefulSet', name: 'pg' }, node: 'n1' }],
        steps: [{ fault: 'disk latensy 1s on fsync for 1s' }, { wait: { for: '5 minutes' } }, { fault: 7 }],
        timeLimit: 5,
      },
      [
        'spec.targets[0] has no field "workloat"; did you mean "workload"?',
        'spec.steps[0].fault: column 6: "latensy" is not an effect; did you mean "latency"?',
        'spec.steps[1].wait.for: not a duration; expected one such as 200ms or 1m30s',
        'spec.steps[2].fault is 7; expected a fault such as disk latency 200ms on fsync for 30s',
        'spec.timeLimit is 5; expected a duration such as 200ms',
      ],
    ],
    'a misspelt field is not dropped in silence': [
      { targets, steps: [wait], recoveryObjectiv: '5s' },
      ['spec has no field "recoveryObjectiv"; did you mean "recoveryObjective"?'],
    ],
    'steps within steps are looked at, however deep': [
      { targets, steps: [{ repeat: { times: 2, steps: [{ parallel: [{ wai: { for: '1s' } }] }] } }] },
      [
        'spec.steps[0].repeat.steps[0].parallel[0]: does not say what it does; expected one of ',
        'spec.steps[0].repeat.steps[0].parallel[0] has no field "wai"; did you mean "wait"?',
      ],
    ],
    'what the parts have wrong together': [
      {
        targets,
        steps: [
          { ...wait, name: 'a', after: ['b'] },
          { scale: { replicas: 1, for: '1m' }, target: 'dbs' },
        ],
      },
      [
        'spec.steps[0].after[0]: no step before this one is called b; it is the first',
        'spec.steps[1].target: no target is called dbs; did you mean db?',
      ],
    ],
    'what is of one machine': [
      { local: { disks: [{ name: 'data' }] }, steps: [{ fault: 'disk freeze for 1s' }] },
      [
        'spec.local is of a run on one machine, by havock8s run; in a cluster expected spec.targets, the pods that it is about',
      ],
    ],
  };
  for (const [what, [spec, problems]] of Object.entries(bad))
    test(`refused: ${what}`, async () => {
      const { code, stderr } = await create({ name: 'bad' }, spec);
      assert.equal(code, 1);
      assert.match(stderr, /admission webhook "experiments\.havock8s\.io" denied the request: /);
      for (const problem of problems) assert.ok(stderr.includes(problem), `${problem}\n\n${stderr}`);
    });

  test('a name that the API server makes is a name', async () => {
    const { code, stderr } = await create({ generateName: 'nightly-' }, { targets, steps: [wait] });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  });

  test('a run is stopped and paused, and whatever else is tried on it is refused', async () => {
    assert.equal((await create({ name: 'run' }, { targets, steps: [wait] }, '--validate=strict')).code, 0);
    for (const spec of [{ paused: true }, { stop: { reason: 'enough' } }])
      assert.deepEqual((await patch('run', spec)).stderr, '');
    assert.match(
      (await patch('run', { timeLimit: '1h' })).stderr,
      /spec\.timeLimit: Forbidden: does not change once/,
    );
    const { stderr } = await patch('run', { stop: { reazon: 'enough' } });
    assert.match(stderr, /spec\.stop has no field "reazon"; did you mean "reason"\?/);
  });

  test('with the webhook dead the schema still refuses what it sees, nothing changes, and the rest is kept for the controller', async () => {
    for (const replica of cluster.replicas) await replica.end('SIGKILL');
    const { code, stderr } = await create(
      { name: 'dead' },
      { targets, steps: [wait], stepz: 1 },
      '--validate=strict',
    );
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const kept = await cluster.kubectl.json<{ readonly spec: Fields }>(['get', 'exp', 'dead', inNamespace]);
    assert.equal(kept.spec['stepz'], 1);
    assert.match(
      (await create({ name: 'dead-too' }, { targets, steps: [{}] })).stderr,
      /spec\.steps\[0\]: .*does not say what/,
    );
    assert.match(
      (await patch('dead', { steps: [wait, wait] })).stderr,
      /spec\.steps: Forbidden: does not change once/,
    );
    assert.deepEqual((await patch('dead', { stop: { reason: 'enough' } })).stderr, '');
  });
});
