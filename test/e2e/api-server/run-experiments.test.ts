/**
 * run, plan, status and report of Experiments on a real API server, with the controller as a process. The sidecar is a real
 * list of faults behind a real endpoint.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApiServer } from '../../../dev/cluster/api-server.js';
import { experimentCrd } from '../../../experiment/crd/experiment-crd.js';
import { errorOf, runCli, spawnCli } from '../../cli/run-cli.js';
import { temporaryFolders } from '../../cli/temporary-folders.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { createPod, followAnnotations, namespace, sidecarOfToday } from './pods-without-nodes.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');

test('experiments of a cluster, by the command line', { skip, timeout: 400_000 }, async (t) => {
  const cwd = temporaryFolders(t);
  const server = await startApiServer();
  t.after(() => server.stop());
  const { kubectl } = server;
  await kubectl.createNamespace(namespace, { 'havock8s.io/injection': 'enabled' });
  await kubectl.createNamespace('havock8s-system');
  const sidecar = await sidecarOfToday(t);
  const { host, port } = new URL(sidecar.url);
  for (const name of ['pg-0', 'pg-1'])
    await createPod(kubectl, { name, isReady: true, readOnlyPort: Number(port) });
  await createPod(kubectl, { name: 'plain', isInjected: false });
  followAnnotations(t, kubectl, { pod: 'pg-0', registry: sidecar.registry });
  const env = { KUBECONFIG: kubectl.kubeconfig };
  const cli = (...args: readonly string[]) => runCli(t, [...args, '-n', namespace], { env, cwd });
  const names = async (): Promise<readonly string[]> =>
    (await kubectl.succeed(['get', 'experiments', '-o', 'name', `--namespace=${namespace}`]))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/.*\//, ''));

  const file = (name: string, spec: object): string => {
    const text = { apiVersion: 'havock8s.io/v1alpha1', kind: 'Experiment', metadata: { name }, spec };
    writeFileSync(join(cwd, `${name}.yaml`), JSON.stringify(text, null, 2));
    return `${name}.yaml`;
  };
  const target = { name: 'db', pods: ['pg-0'] };
  const hypothesis = {
    probes: [{ name: 'answers', tcp: { address: host }, interval: '200ms', timeout: '2s' }],
  };
  const fault = (lasts: string) => [{ name: 'slow', fault: `disk latency 10ms on fsync for ${lasts}` }];
  const slow = file('slow-wal', { targets: [target], hypothesis, steps: fault('8s') });
  const long = file('long', { targets: [target], hypothesis, steps: fault('5m') });

  await t.test('without the kind it is said what is missing', async () => {
    for (const args of [
      ['status', 'slow-wal', '-o', 'json'],
      ['run', '-f', slow, '-o', 'json'],
    ])
      assert.equal(errorOf(await cli(...args)).code, 'experiment.no-kind');
  });

  await kubectl.succeed(['create', '-f', '-'], experimentCrd());
  const list = ['get', 'experiments', `--namespace=${namespace}`];
  await until(async () => (await kubectl.run(list)).code === 0, 30_000);

  await t.test('without a controller nothing begins, that is said, and nothing is left', async () => {
    const ran = await cli('run', '-f', slow, '-o', 'json');
    assert.deepEqual([ran.code, await names()], [5, []], ran.stderr);
    assert.match(ran.stderr, /experiment\.no-controller/);
  });

  const controller = spawnCli(
    t,
    [
      ...['controller', '--kubeconfig', kubectl.kubeconfig, '--namespace', 'havock8s-system'],
      ...['--metrics-port', '0', '--state-dir', join(cwd, 'state')],
    ],
    { cwd },
  );
  await controller.says(/controller\.leads/);

  await t.test('run follows a run to its verdict, and writes its reports', async () => {
    const run = [
      'run',
      '-f',
      slow,
      '--junit',
      'out/j.xml',
      '--report',
      'out/r.html',
      '--journal',
      'out/j.jsonl',
    ];
    const running = spawnCli(t, [...run, '-n', namespace, '-o', 'json'], { env, cwd });
    await running.says(/slow +disk latency 10ms on fsync until \S+ on pg-0\n/);
    await until(() => sidecar.applier.armed.length === 1, 30_000);
    sidecar.applier.meet('fsync', { times: 7 });
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 0, stdout + stderr);
    const told = JSON.parse(stdout);
    assert.deepEqual(
      [told.experiment, told.namespace, told.verdict, told.report, told.junit, told.journal],
      ['slow-wal', namespace, 'Passed', 'out/r.html', 'out/j.xml', 'out/j.jsonl'],
    );
    assert.match(stderr, /targets +db: pg-0\n/);
    assert.match(stderr, /slow +hit 7 of 7 operations\n/);
    assert.match(readFileSync(join(cwd, 'out/r.html'), 'utf8'), /^<!doctype html>/);
    assert.match(readFileSync(join(cwd, 'out/j.xml'), 'utf8'), /name="verdict" value="Passed"/);
    const copy = await runCli(t, ['report', 'out/j.jsonl', '-o', 'json'], { cwd });
    assert.equal(JSON.parse(copy.stdout).judgement.verdict, 'Passed');
    assert.deepEqual(sidecar.applier.armed, []);
  });

  await t.test('its name is taken, and a generated one is not', async () => {
    const again = await cli('run', '-f', slow);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /is over: Passed\. .*--generate-name.*kubectl delete experiment slow-wal/);
    const other = await cli('run', '-f', slow, '--generate-name', '--no-wait', '-o', 'json');
    assert.equal(other.code, 0, other.stderr);
    const { experiment } = JSON.parse(other.stdout);
    assert.match(experiment, /^slow-wal-[0-9a-f]{6}$/);
    await cli('stop', experiment, '--reason', 'enough');
  });

  await t.test('status and report tell of one', async () => {
    const status = await cli('status', 'slow-wal');
    assert.match(status.stdout, /^verdict +Passed: HypothesisHeld$/m, status.stderr);
    assert.match(status.stdout, /^fault +slow on pg-0: off, 7 hits$/m);
    const json = JSON.parse((await cli('status', 'slow-wal', '-o', 'json')).stdout);
    assert.deepEqual([json.verdict, json.faults[0].hits], ['Passed', 7]);
    const report = await cli('report', 'slow-wal', '-o', 'markdown');
    assert.match(report.stdout, /^## ✅ Passed: slow-wal/, report.stderr);
    const unknown = await cli('report', 'slow-val', '-o', 'json');
    assert.match(unknown.stderr, /experiment\.not-found.*did you mean \\"slow-wal\\"\?|experiment slow-val/);
  });

  await t.test('plan says what could start, and leaves nothing', async () => {
    const before = await names();
    const planned = await cli('plan', '-f', slow);
    assert.equal(planned.code, 0, planned.stderr);
    assert.match(planned.stdout, /^db +pg-0 +n1 +- +pg\n/m);
    assert.match(planned.stdout, /1\. slow: disk latency 10ms on fsync for 8s\n {5}on pg-0\n/);
    assert.match(planned.stdout, /It could start/);
    assert.deepEqual(await names(), before);
  });

  await t.test('plan tells each refusal, with its numbers, and whom it would be about', async () => {
    const cut = file('cut', {
      targets: [{ name: 'db', pods: ['pg-0', 'pg-1', 'plain'] }],
      steps: [{ name: 'cut', fault: 'tcp partition for 10s' }],
    });
    const planned = await cli('plan', '-f', cut, '-o', 'json');
    const { couldStart, refusals, targets } = JSON.parse(planned.stdout);
    assert.deepEqual([planned.code, couldStart, refusals.length], [1, false, 2], planned.stdout);
    assert.match(refusals[0], /^plain has no sidecar/);
    assert.match(refusals[1], /^3 of 3 pods of target db would be taken together \(pg-0, pg-1, plain\)/);
    assert.deepEqual(
      targets[0].pods.map(({ pod }: { readonly pod: string }) => pod),
      ['pg-0', 'pg-1', 'plain'],
    );
    const none = file('none', { targets: [{ name: 'db', pods: ['pg-9'] }], steps: fault('8s') });
    const empty = await cli('plan', '-f', none);
    assert.equal(empty.code, 1, empty.stderr);
    assert.match(empty.stdout, /It would not start:\n {2}- .*found none called pg-9/);
  });

  await t.test('a bad file is told with its places, and nothing is made', async () => {
    const before = await names();
    const bad = file('bad', { targets: [target], steps: [{ name: 'slow', fault: 'disk latensy 1s' }] });
    for (const command of ['run', 'plan']) {
      const { code, stderr } = await cli(command, '-f', bad);
      assert.equal(code, 2);
      assert.match(stderr, /bad\.yaml:\d+:\d+: .*latensy/);
    }
    assert.deepEqual(await names(), before);
  });

  await t.test('the first Ctrl-C stops it, and waits until all is off', async () => {
    const running = spawnCli(t, ['run', '-f', long, '-n', namespace, '-o', 'json'], { env, cwd });
    await until(() => sidecar.applier.armed.length === 1, 60_000);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    assert.equal(code, 4, stderr);
    const { verdict, message } = JSON.parse(stdout);
    assert.equal(verdict, 'Aborted');
    assert.match(message, /SIGINT to havock8s run/);
    assert.match(stderr, /told to stop, and waited for until all is off; once more leaves it/);
    assert.deepEqual(sidecar.applier.armed, []);
  });

  await t.test('so does --timeout', async () => {
    const ran = await cli('run', '-f', long, '--generate-name', '--timeout', '4s', '-o', 'json');
    assert.equal(ran.code, 4, ran.stderr);
    assert.match(JSON.parse(ran.stdout).message, /it was not over after 4s/);
  });

  await t.test('the second Ctrl-C leaves it to its controller', async () => {
    const running = spawnCli(t, ['run', '-f', long, '--generate-name', '-n', namespace], { env, cwd });
    await until(() => sidecar.applier.armed.length === 1, 60_000);
    controller.child.kill('SIGTERM');
    await controller.ended;
    running.child.kill('SIGINT');
    await running.says(/once more leaves it/);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.ended;
    assert.equal(code, 130, stderr);
    assert.match(
      stderr,
      /it goes on, carried out by its controller\nto see how it is: havock8s status long-/,
    );
  });
});
