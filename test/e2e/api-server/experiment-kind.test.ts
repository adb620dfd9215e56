/** The kind Experiment on a real API server, without anybody behind it: what its schema and its rules do by themselves. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { parse } from 'yaml';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import type { KubectlResult } from '../../../dev/cluster/kubectl.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { type ExperimentObject, readyExperiments } from './ready-experiments.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const file = 'manifests/chart/custom-resources/experiments.havock8s.io.yaml';
const crd = 'crd/experiments.havock8s.io';

type Fields = Readonly<Record<string, unknown>>;

const targets = [{ name: 'db', workload: { kind: 'StatefulSet', name: 'pg' } }];
const wait = { wait: { for: '1s' } };
const experiment = (name: string, spec: Fields) => ({
  apiVersion: 'havock8s.io/v1alpha1',
  kind: 'Experiment',
  metadata: { name },
  spec: { targets, ...spec },
});

suite('the kind Experiment', { skip }, () => {
  let server: ApiServer;
  before(async () => {
    server = await startApiServer();
    await server.kubectl.succeed(['apply', `--filename=${file}`]);
    await established();
  });
  after(() => server?.stop());

  /** kubectl does not wait for conditions where there are none yet, but fails. */
  const established = (): Promise<void> =>
    until(
      async () =>
        (await server.kubectl.run(['wait', '--for=condition=Established', crd, '--timeout=1s'])).code === 0,
      20_000,
    );
  const create = (object: unknown, ...args: readonly string[]): Promise<KubectlResult> =>
    server.kubectl.run(['create', '--filename=-', ...args], object);
  const created = async (object: unknown): Promise<void> => {
    await server.kubectl.succeed(['create', '--filename=-'], object);
  };
  const patch = (name: string, body: unknown, ...args: readonly string[]): Promise<KubectlResult> =>
    server.kubectl.run([
      'patch',
      'experiment',
      name,
      `--type=${Array.isArray(body) ? 'json' : 'merge'}`,
      `--patch=${JSON.stringify(body)}`,
      ...args,
    ]);
  const setStatus = (name: string, status: Fields): Promise<KubectlResult> =>
    patch(name, { status }, '--subresource=status');
  const stored = (name: string): Promise<ExperimentObject> =>
    server.kubectl.json<ExperimentObject>(['get', 'experiment', name]);

  test('is applied quickly, by a client that remembers it and by the server, and is sound', async (t) => {
    for (const args of [[], ['--server-side', '--force-conflicts']]) {
      const sinceMs = performance.now();
      await server.kubectl.succeed(['apply', ...args, `--filename=${file}`]);
      await established();
      const tookMs = Math.round(performance.now() - sinceMs);
      t.diagnostic(`kubectl apply ${args.join(' ')} and Established: ${tookMs} ms`);
    }
    const { status, metadata } = await server.kubectl.json<{
      readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
    }>(['get', crd]);
    const conditions = status.conditions.map(({ type, status: is }) => `${type}=${is}`);
    assert.deepEqual(conditions.toSorted(), ['Established=True', 'NamesAccepted=True']);
    assert.equal(metadata.annotations['helm.sh/resource-policy'], 'keep');
    t.diagnostic(`${JSON.stringify(parse(readFileSync(file, 'utf8'))).length} bytes of JSON`);
  });

  test('takes every ready experiment, once it is about pods', async () => {
    const all = readyExperiments();
    assert.ok(all.length > 10);
    for (const object of all) {
      const { code, stderr } = await create(object, '--dry-run=server', '--validate=strict');
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, object.metadata.name);
    }
  });

  test('stores what holds where nobody said otherwise, and keeps what nobody knows', async () => {
    await created(
      experiment('shown', {
        stepz: 1,
        hypothesis: { probes: [{ name: 'p', tcp: { address: 'pg:5432' }, intervall: '1s' }] },
        steps: [
          { ...wait, nam: 'a' },
          { repeat: { times: 2, steps: [{ repeat: { times: 2, steps: [wait] } }] } },
        ],
      }),
    );
    const { spec } = await stored('shown');
    assert.deepEqual(spec, {
      ...{ dryRun: false, paused: false, recoveryObjective: '60s', timeLimit: '10m', stepz: 1 },
      targets: [{ ...targets[0], mode: 'all', emptyTargets: 'fail' }],
      hypothesis: {
        settle: '30s',
        probes: [{ name: 'p', tcp: { address: 'pg:5432' }, interval: '1s', abort: false, intervall: '1s' }],
      },
      steps: [
        { ...wait, nam: 'a' },
        { repeat: { times: 2, steps: [{ repeat: { times: 2, steps: [wait] } }] } },
      ],
    });
  });

  const bad: Readonly<Record<string, readonly [Fields, RegExp]>> = {
    'no step': [
      { steps: [] },
      /spec\.steps: Invalid value: 0: spec\.steps in body should have at least 1 items/,
    ],
    'nothing of what it takes': [{}, /spec\.steps: Required value/],
    'two verbs in a step': [
      { steps: [{ ...wait, fault: 'disk freeze for 1s' }] },
      /spec\.steps\[0\]: .*does not say what it does, or says it twice; expected exactly one of fault, kill, delete, /,
    ],
    'no verb in a step of a group': [
      { steps: [{ parallel: [{ name: 'a' }] }] },
      /spec\.steps\[0\]\.parallel\[0\]: .*does not say what it does/,
    ],
    'two kinds in a probe': [
      { steps: [wait], hypothesis: { probes: [{ name: 'p', tcp: { address: 'a:1' }, ledger: {} }] } },
      /spec\.hypothesis\.probes\[0\]: .*does not say what it measures, or says it twice; expected exactly one of tcp, /,
    ],
    'a duration without a unit': [
      { steps: [wait], timeLimit: '5' },
      /spec\.timeLimit: Invalid value: "5": spec\.timeLimit in body should match/,
    ],
    'a number where a duration belongs': [
      { steps: [wait], timeLimit: 5 },
      /spec\.timeLimit: Invalid value: "integer": .* must be of type string/,
    ],
    'both ways to wait, whose names are words of CEL': [
      { steps: [{ wait: { for: '1s', until: 'true' } }] },
      /spec\.steps\[0\]\.wait: .*does not say how long, or says it twice; expected exactly one of for, until/,
    ],
    'two ways to find pods': [
      { steps: [wait], targets: [{ name: 'db', node: 'n1', claim: 'c' }] },
      /spec\.targets\[0\]: .*does not say how its pods are found, or says it twice/,
    ],
    'ordinals of no workload': [
      { steps: [wait], targets: [{ name: 'db', node: 'n1', ordinals: [0] }] },
      /spec\.targets\[0\]: .*ordinals are of a workload, and the target names none; expected workload/,
    ],
    'the same name twice': [
      { steps: [wait], targets: [...targets, ...targets] },
      /spec\.targets\[1\]: Duplicate value: \{"name":"db"\}/,
    ],
    'a share of more than all': [
      { steps: [wait], safety: { maxPods: '101%' } },
      /spec\.safety\.maxPods: Invalid value: "101%"/,
    ],
    'a signal that there is not': [
      { steps: [{ kill: { process: 'command', signal: 'SIGKILL' } }] },
      /spec\.steps\[0\]\.kill\.signal: Unsupported value: "SIGKILL": supported values: "KILL", "TERM"/,
    ],
  };
  for (const [what, [spec, expected]] of Object.entries(bad))
    test(`refuses ${what}, by its field`, async () => {
      const { code, stderr } = await create(experiment('bad', spec));
      assert.equal(code, 1);
      assert.match(stderr, expected);
    });

  test('refuses a name that no step could bear', async () => {
    for (const name of ['with.dots', 'n'.repeat(41)]) {
      const { stderr } = await create(experiment(name, { steps: [wait] }));
      assert.match(stderr, /metadata\.name: Invalid value: .*: metadata\.name in body should match/);
    }
  });

  test('does not change once it is created, but for stop and paused', async () => {
    await created(
      experiment('fixed', {
        description: 'as it is',
        safety: { maxPods: 1 },
        steps: [wait, { parallel: [{ repeat: { times: 2, steps: [wait] } }] }],
      }),
    );
    const changes: readonly (readonly [string, unknown])[] = [
      ['timeLimit', { spec: { timeLimit: '5m' } }],
      ['description', { spec: { description: 'another' } }],
      ['safety', [{ op: 'remove', path: '/spec/safety/maxPods' }]],
      ['steps', [{ op: 'add', path: '/spec/steps/-', value: wait }]],
      ['steps', [{ op: 'add', path: '/spec/steps/0/ofNobody', value: 1 }]],
      ['steps', [{ op: 'add', path: '/spec/steps/1/parallel/0/repeat/steps/0/ofNobody', value: 1 }]],
      ['targets', { spec: { targets: [{ ...targets[0], mode: 1 }] } }],
      ['ledger', { spec: { ledger: { redis: { url: 'redis://a' } } } }],
      ['finally', { spec: { finally: { steps: [wait] } } }],
      ['dryRun', { spec: { dryRun: true } }],
    ];
    for (const [field, change] of changes) {
      const { code, stderr } = await patch('fixed', change);
      assert.equal(code, 1, field);
      assert.match(
        stderr,
        new RegExp(
          `spec\\.${field}: Forbidden: does not change once the run is created, only paused and stop do; `,
        ),
      );
    }
    for (const change of [
      { paused: true },
      { paused: false },
      { stop: { reason: 'enough' } },
      { stop: { reason: 'more than enough' } },
      { stop: null },
    ]) {
      const { code, stderr } = await patch('fixed', { spec: change });
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    }
  });

  test('shows people a verdict, programs conditions, and selects by status', async () => {
    await created(experiment('seen', { steps: [wait] }));
    await created(experiment('other', { steps: [wait] }));
    const at = '2026-12-01T04:00:00Z';
    const { code, stderr } = await setStatus('seen', {
      ...{
        observedGeneration: 1,
        phase: 'Over',
        verdict: 'Passed',
        data: 'Intact',
        step: '',
        reason: 'Passed',
      },
      ...{ message: 'all held', startedAt: at, endedAt: at, journal: { configMap: 'seen-journal' } },
      targets: [{ name: 'db', count: 2, pods: ['pg-0', 'pg-1'] }],
      faults: [{ name: 'slow', pod: 'pg-0', state: 'Off', hits: 12, until: at }],
      faultsLeft: 0,
      conditions: [
        {
          type: 'Finished',
          status: 'True',
          reason: 'Passed',
          message: '',
          observedGeneration: 1,
          lastTransitionTime: at,
        },
      ],
    });
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    await setStatus('other', { phase: 'During', step: 'slow' });

    const table = await server.kubectl.succeed(['get', 'exp', 'seen', 'other', '--output=wide']);
    const [head = '', seen = '', other = ''] = table.trim().split('\n');
    assert.match(head, /^NAME +VERDICT +DATA +STEP +AGE +PHASE +REASON +MESSAGE$/);
    assert.match(seen, /^seen +Passed +Intact +\d+s +Over +Passed +all held$/);
    assert.match(other, /^other +slow +\d+s +During *$/);
    assert.doesNotMatch(await server.kubectl.succeed(['get', 'exp', 'seen']), /all held/);
    assert.match(await server.kubectl.succeed(['get', 'havock8s']), /^seen +Passed/m);

    const names = (selector: string): Promise<string> =>
      server.kubectl.succeed(['get', 'exp', `--field-selector=${selector}`, '--output=name']);
    assert.equal(await names('status.verdict=Passed'), 'experiment.havock8s.io/seen\n');
    assert.equal(await names('status.verdict=Failed'), '');
    assert.equal(await names('status.phase=During'), 'experiment.havock8s.io/other\n');
    assert.equal(await names('status.data=Intact,status.phase!=During'), 'experiment.havock8s.io/seen\n');

    await server.kubectl.succeed(['wait', 'exp/seen', '--for=condition=Finished', '--timeout=5s']);
    await server.kubectl.succeed([
      'wait',
      'exp/seen',
      '--for=jsonpath={.status.verdict}=Passed',
      '--timeout=5s',
    ]);
    const inVain = await server.kubectl.run([
      'wait',
      'exp/other',
      '--for=condition=Finished',
      '--timeout=1s',
    ]);
    assert.match(inVain.stderr, /timed out/);
  });

  test('has a status that says only what a status may say', async () => {
    await created(experiment('told', { steps: [wait] }));
    const { stderr } = await setStatus('told', {
      verdict: 'Fine',
      conditions: [{ type: 'A', status: 'Yes' }],
    });
    assert.match(stderr, /status\.verdict: Unsupported value: "Fine": supported values: "Passed"/);
    assert.match(stderr, /status\.conditions\[0\]\.status: Unsupported value: "Yes"/);
    const spec = await patch('told', { spec: { paused: true }, status: { verdict: 'Passed' } });
    assert.equal(spec.code, 0);
    const status = await server.kubectl.succeed(['get', 'exp', 'told', '--output=jsonpath={.status}']);
    assert.equal(status, '', 'who writes the spec writes no status');
  });

  test('of another version, stored with what this one does not know, still gets its status, and can be stopped', async () => {
    const text = readFileSync(file, 'utf8');
    const future = text
      .replaceAll('enum:\n', 'enum:\n- FUTURE\n')
      .replaceAll(/^( +)enum:\n- FUTURE\n/gm, '$1enum:\n$1  - FUTURE\n');
    await server.kubectl.succeed(['apply', '--server-side', '--force-conflicts', '--filename=-'], future);
    const old = experiment('old', { steps: [{ kill: { process: 'command', signal: 'FUTURE' } }], later: 1 });
    await created(old);
    await server.kubectl.succeed(['apply', '--server-side', '--force-conflicts', `--filename=${file}`]);
    assert.match((await create({ ...old, metadata: { name: 'new' } })).stderr, /Unsupported value: "FUTURE"/);
    for (const { code, stderr } of [
      await setStatus('old', { verdict: 'Aborted' }),
      await patch('old', { spec: { stop: { reason: 'enough' } } }),
      await patch('old', { metadata: { finalizers: ['havock8s.io/faults'] } }),
      await patch('old', { metadata: { finalizers: null } }),
    ])
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  });

  const explained: Readonly<Record<string, RegExp>> = {
    '': /One run of an experiment: faults on pods/,
    '.spec.steps':
      /DESCRIPTION: What is done, one after another\. .*fault <string> A sentence in the language of faults/,
    '.spec.steps.parallel.fault': /such as `disk latency 200ms on fsync for 30s`/,
    '.spec.hypothesis.settle': /Longest wait for all probes to hold.* Usually 30s\./,
    '.spec.hypothesis.probes.http': /Succeeds when the status is 200 to 399.* method <string>/,
    '.spec.targets.mode': /one, all, a number such as 2, or a share such as 30%\. Usually all\./,
    '.spec.safety': /allowedWindows <\[\]Object> When a run may begin/,
    '.status': /verdict <string> (enum: .*)?What the run came to/,
    '.status.conditions': /lastTransitionTime <string> -required-/,
  };
  for (const [field, expected] of Object.entries(explained))
    test(`is explained by kubectl: experiment${field}`, async () => {
      const text = await server.kubectl.succeed(['explain', `experiment${field}`]);
      assert.match(text.replaceAll(/\s+/g, ' '), expected);
    });
});
