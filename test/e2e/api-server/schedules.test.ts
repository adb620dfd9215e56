/** ExperimentSchedule on a real kube-apiserver: what it takes and refuses, who may, and that runs of one are started. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { ExperimentObject } from '../../../controller/experiment-object.js';
import type { ScheduleObject } from '../../../controller/schedule-object.js';
import { Schedules } from '../../../controller/schedules.js';
import { systemClock } from '../../../core/clock.js';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { Kubectl, type KubectlResult } from '../../../dev/cluster/kubectl.js';
import { connect } from '../../../kube/connect.js';
import { resources } from '../../../kube/resources.js';
import { WatchCache } from '../../../kube/watch-cache.js';
import { scheduleOf, template } from '../../experiment/schedule/times-of.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const controller = 'system:serviceaccount:havock8s-system:havock8s-controller';

suite('schedules', { skip }, () => {
  let server: ApiServer;
  const errors: unknown[] = [];
  before(async () => {
    server = await startApiServer({ users: { author: [], pauser: [], [controller]: [] } });
    await server.kubectl.succeed(['apply', '--kustomize=manifests/base']);
    await server.kubectl.succeed(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: bindings });
    await server.kubectl.succeed([
      ...[
        'wait',
        '--for=condition=Established',
        'crd/experimentschedules.havock8s.io',
        'crd/experiments.havock8s.io',
      ],
    ]);
    // The policy is there once it refuses.
    await until(async () => /Forbidden|forbidden/.test((await create('pauser', {}, 'early')).stderr), 60_000);
  });
  after(() => server?.stop());

  const as = (user: string) => new Kubectl(server.kubeconfig(user));
  const create = (user: string, spec: object, name = 'nightly'): Promise<KubectlResult> =>
    as(user).run(['create', '--namespace=default', '-f', '-'], scheduleOf(spec, name));
  const patch = (user: string, spec: object): Promise<KubectlResult> =>
    as(user).run([
      ...['patch', 'experimentschedule', 'nightly', '--namespace=default', '--type=merge'],
      ...['-p', JSON.stringify({ spec })],
    ]);

  test('whoever may not set faults creates none, and changes none but to pause it', async () => {
    assert.match((await create('pauser', {})).stderr, /takes the verb create on faults\.havock8s\.io/);
    const made = await create('author', { paused: true });
    assert.equal(made.code, 0, made.stderr);
    assert.match((await patch('pauser', { paused: false })).stderr, /takes the verb create on faults/);
    assert.match((await patch('pauser', { schedule: '@hourly' })).stderr, /takes the verb create on faults/);
    assert.equal((await patch('author', { paused: false })).code, 0);
    const paused = await patch('pauser', { paused: true });
    assert.equal(paused.code, 0, paused.stderr);
  });

  test('an experiment by itself takes the same', async () => {
    const experiment = { ...scheduleOf({}, 'once'), kind: 'Experiment', spec: template.spec };
    const createOnce = (user: string) =>
      as(user).run(['create', '--namespace=default', '-f', '-'], experiment);
    assert.match((await createOnce('pauser')).stderr, /takes the verb create on faults\.havock8s\.io/);
    assert.equal((await createOnce('author')).code, 0);
  });

  test('what a template does takes the right to do it', async () => {
    const steps = [{ name: 'both', parallel: [{ node: { action: 'cordon', for: '10s' } }] }];
    const { stderr } = await create('author', { template: { spec: { ...template.spec, steps } } }, 'node');
    assert.match(stderr, /takes the verb create on nodefailures\.havock8s\.io/);
  });

  test('what cannot be is refused with its field', async () => {
    for (const [spec, expected] of [
      [{ concurrencyPolicy: 'Sometimes' }, /spec\.concurrencyPolicy: Unsupported value: "Sometimes"/],
      [{ excludedDates: ['christmas'] }, /spec\.excludedDates\[0\]/],
      [{ template: {} }, /spec\.template\.spec: Required value/],
      [
        { template: { spec: { ...template.spec, steps: [{ name: 'none' }] } } },
        /spec\.template\.spec\.steps\[0\]/,
      ],
    ] as const)
      assert.match((await create('author', spec, 'bad')).stderr, expected);
  });

  test('kubectl explain tells of it, and of the experiment within', async () => {
    const told = await server.kubectl.succeed([
      'explain',
      'experimentschedule.spec.template.spec.recoveryObjective',
    ]);
    assert.match(told, /How soon all must be well again/);
  });

  test('with the rights of the controller runs are started, told and listed', async () => {
    const due = await create('author', { schedule: '* * * * *' }, 'minutely');
    assert.equal(due.code, 0, due.stderr);
    const bad = await create('author', { schedule: '61 * * * *' }, 'unsound');
    assert.equal(bad.code, 0, bad.stderr);
    const api = connect({ kubeconfig: server.kubeconfig(controller) });
    const watching = {
      api,
      clock: systemClock,
      random: Math.random,
      onError: (error: unknown) => void errors.push(error),
    };
    const experiments = new WatchCache<ExperimentObject>({
      ...{ ...watching, selection: { resource: resources.experiments, namespace: null } },
      keep: (object) => object as ExperimentObject,
    });
    const watched = new WatchCache<ScheduleObject>({
      ...{ ...watching, selection: { resource: resources.experimentSchedules, namespace: null } },
      keep: (object) => object as ScheduleObject,
    });
    const schedules = new Schedules({ ...watching, experiments, schedules: watched });
    schedules.lead(true);
    const status = async (name: string) =>
      (await server.kubectl.json<ScheduleObject>(['get', 'expsched', name, '--namespace=default'])).status;
    try {
      await until(async () => (await status('minutely'))?.lastRun !== undefined, 100_000);
      const { lastRun = '' } = (await status('minutely')) ?? {};
      const run = await server.kubectl.json<ExperimentObject>(['get', 'exp', lastRun, '--namespace=default']);
      assert.equal(run.metadata.ownerReferences?.[0]?.name, 'minutely');
      assert.match((await status('unsound'))?.conditions?.[0]?.message ?? '', /^spec\.schedule: "61 /);
      assert.match(
        await server.kubectl.succeed(['get', 'expsched', '--namespace=default']),
        /NAME +SCHEDULE +ZONE +PAUSED +LAST +NEXT +VERDICT\nminutely +\* \* \* \* \* +UTC +false +\d+s +20/,
      );
      const body = { status: { verdict: 'Passed' } };
      await server.kubectl.succeed([
        ...['patch', 'exp', lastRun, '--namespace=default', '--subresource=status', '--type=merge'],
        ...['-p', JSON.stringify(body)],
      ]);
      await until(async () => (await status('minutely'))?.lastVerdict === 'Passed', 30_000);
      assert.deepEqual(errors, []);
    } finally {
      await schedules.stop();
      await Promise.all([experiments.stop(), watched.stop()]);
    }
  });
});

const api = 'rbac.authorization.k8s.io';
const meta = (name: string) => ({ name, namespace: 'default' });
const bindingOf = (user: string, kind: string, name: string) => ({
  apiVersion: `${api}/v1`,
  kind: 'RoleBinding',
  metadata: meta(`${user}-${name}`),
  roleRef: { apiGroup: api, kind, name },
  subjects: [{ apiGroup: api, kind: 'User', name: user }],
});

const bindings = [
  bindingOf('author', 'ClusterRole', 'havock8s-experiment-author'),
  bindingOf('author', 'ClusterRole', 'havock8s-fault-author'),
  bindingOf('pauser', 'ClusterRole', 'havock8s-experiment-author'),
];
