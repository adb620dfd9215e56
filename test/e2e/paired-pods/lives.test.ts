import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { sidecar } from '../../../core/pod-layout.js';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { PodFaults } from '../consensus/pod-faults.js';
import type { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { backupJob, crashingPod, postgresPod, sharingPod } from './lives.js';
import { PairedPods } from './paired-pods.js';

const patience = { boundMs: 240_000 };
const readyS = 240;

test('pods that end, crash, prepare and share live as their pairs do', { skip: needsCluster('own') }, (t) =>
  PairedPods.play({ name: 'lives', volumesPerNode: 3 }, async (pairs) => {
    await pairs.apply((environment) => [
      ...backupJob(environment),
      crashingPod(),
      ...postgresPod(environment),
      ...sharingPod(environment),
    ]);
    await t.test('a Job is complete when its container is', (t) => completes(t, pairs));
    await t.test('a container that crashes has its volume again, and the same files', (t) =>
      crashes(t, pairs),
    );
    await t.test('an init container prepares a database, which then runs there', (t) => prepares(t, pairs));
    await t.test('where processes are shared the sidecars serve, arm and end as elsewhere', (t) =>
      shares(t, pairs),
    );
  }),
);

async function completes(t: TestContext, pairs: PairedPods): Promise<void> {
  const { injected, bare } = await pairs.both(async (environment) => {
    await environment.succeed(['wait', '--for=condition=Complete', 'job/backup', `--timeout=${readyS}s`]);
    const { items } = await environment.json<{ readonly items: readonly StoredPod[] }>([
      'get',
      'pods',
      '--selector=app=backup',
    ]);
    assert.equal(items.length, 1);
    return {
      pod: items[0] as StoredPod,
      log: await environment.succeed(['logs', 'job/backup', '--container=backup']),
    };
  });
  assert.ok(isInjected(injected.pod));
  assert.equal(injected.log, bare.log);
  assert.equal(injected.pod.status?.phase, 'Succeeded');
  for (const { name, state } of injected.pod.status?.initContainerStatuses ?? [])
    t.diagnostic(`${name}: ${state?.terminated?.reason} (${state?.terminated?.exitCode})`);
  assert.deepEqual(
    injected.pod.status?.initContainerStatuses?.map(({ state }) => state?.terminated?.exitCode),
    [0, 0],
    'ours end in order',
  );
}

async function crashes(t: TestContext, pairs: PairedPods): Promise<void> {
  const { injected, bare } = await pairs.both(async (environment) => {
    let pod: StoredPod | undefined;
    await eventually(
      'the third life is over',
      async () => {
        pod = await environment.json<StoredPod>(['get', 'pod', 'crashing']);
        return pod.status?.phase === 'Succeeded' || JSON.stringify(pod.status?.containerStatuses);
      },
      patience,
    );
    const restarts = pod?.status?.containerStatuses?.map(({ restartCount }) => restartCount);
    return { restarts, log: await environment.succeed(['logs', 'crashing', '--container=app']) };
  });
  t.diagnostic(`restarts ${injected.restarts}; the last life said ${JSON.stringify(injected.log)}`);
  assert.deepEqual(injected, bare);
  assert.equal(injected.log, 'life\nlife\nlife\n');
}

async function prepares(t: TestContext, pairs: PairedPods): Promise<void> {
  const { injected, bare } = await pairs.both(async (environment) => {
    await untilReady(environment, 'postgres');
    const psql = (sql: string): Promise<string> =>
      environment.exec('postgres', 'postgres', [
        'psql',
        '-h',
        '127.0.0.1',
        '-U',
        'postgres',
        '-Atc',
        sql,
        'postgres',
      ]);
    await psql('create table t as select n, md5(n::text) from generate_series(1, 20000) n; checkpoint');
    const initdb = await environment.succeed(['logs', 'postgres', '--container=initdb']);
    return {
      initdb: initdb.split('\n')[0],
      sum: await psql('select count(*), md5(string_agg(md5, $$,$$ order by n)) from t'),
      files: await environment.exec('postgres', 'postgres', [
        'sh',
        '-c',
        "cd /var/lib/postgresql/data && find . -maxdepth 2 -printf '%P %y %m %U:%G\\n' | grep -v '\\.pid' | sort",
      ]),
      restarts: (await environment.json<StoredPod>(['get', 'pod', 'postgres'])).status?.containerStatuses?.[0]
        ?.restartCount,
    };
  });
  t.diagnostic(
    `initdb as ${injected.initdb}; rows ${injected.sum.trim()}; ${injected.files.split('\n').length} files alike`,
  );
  assert.deepEqual(injected, bare);
}

async function shares(t: TestContext, pairs: PairedPods): Promise<void> {
  await pairs.both((environment) => untilReady(environment, 'sharing'));
  const { injected, bare } = await pairs.both(async (environment) => {
    assert.equal((await environment.exec('sharing', 'first', ['redis-cli', 'set', 'k', 'v'])).trim(), 'OK');
    const processes = await environment.exec('sharing', 'second', ['ps', '-eo', 'args']);
    return processes.split('\n').slice(1).filter(Boolean);
  });
  const ours = injected.filter((process) => !bare.includes(process));
  t.diagnostic(`seen beside its own: ${ours.join(' | ')}`);
  assert.ok(bare.every((process) => injected.includes(process)));
  assert.ok(
    ours.every((process) => /havock8s/.test(process)),
    'nothing but what names us is there',
  );

  const faults = new PodFaults(pairs.injected, 'sharing', 'second');
  await faults.arm('eio', 'disk error EIO on fsync for 5m');
  const sync = await pairs.injected.run([
    'exec',
    'sharing',
    '--container=second',
    '--',
    'dd',
    'if=/dev/zero',
    'of=/data/x',
    'bs=1',
    'count=1',
    'conv=fsync',
  ]);
  assert.match(sync.stderr, /Input\/output error/);
  const { tallies } = await faults.lift('eio');
  assert.ok(tallies.injected > 0);
  const startedMs = performance.now();
  await pairs.injected.succeed(['delete', 'pod', 'sharing', '--timeout=60s']);
  t.diagnostic(`gone ${Math.round(performance.now() - startedMs)} ms after it was asked to`);
}

async function untilReady(environment: Environment, pod: string): Promise<void> {
  await environment.succeed(['wait', '--for=condition=Ready', `pod/${pod}`, `--timeout=${readyS}s`]);
  const { status } = await environment.json<StoredPod>(['get', 'pod', pod]);
  const ours = (status?.initContainerStatuses ?? []).filter(({ name }) =>
    Object.values<string>(sidecar).includes(name),
  );
  assert.deepEqual(
    ours.filter(({ restartCount }) => restartCount > 0),
    [],
  );
}
