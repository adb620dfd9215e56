/** The real command beside a real API server, which asks it at each pod. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApiServer } from '../../../dev/cluster/api-server.js';
import { errorOf, program, runCli, spawnCli, spawnProgram } from '../../cli/run-cli.js';
import { temporaryFolders } from '../../cli/temporary-folders.js';
import { needs } from '../../needs.js';

test('wrong flags are told all at once, and nothing is opened', async (t) => {
  const args = ['webhook', '--port', 'x', '--lease', 'B', '--certs', 'files', '-o', 'json'];
  const ran = await runCli(t, [...args, '--namespace', 'havock8s-system']);
  assert.equal(ran.code, 2, ran.stderr);
  assert.equal(errorOf(ran).problems?.length, 3);
});

test('help teaches', async (t) => {
  const { code, stdout } = await runCli(t, ['webhook', '--help']);
  assert.equal(code, 0);
  for (const said of ['/inject', '--kubeconfig', 'SIGTERM drains']) assert.ok(stdout.includes(said), said);
});

test('as PID 1 of a container, and not yet serving, it ends when asked: nobody waits for the grace to pass', {
  skip: needs('unshare', 'setpriv'),
  timeout: 60_000,
}, async (t) => {
  // An API server that says nothing: the webhook is on its way until it has given up.
  const silent = createServer();
  t.after(() => silent.close());
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const asked = once(silent, 'connection') as Promise<[Socket]>;
  const kubeconfig = kubeconfigOf((silent.address() as AddressInfo).port);
  const file = join(temporaryFolders(t), 'kubeconfig');
  writeFileSync(file, JSON.stringify(kubeconfig));
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const webhook = spawnProgram(t, [
    ...['unshare', ...user, '--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, program],
    ...[
      'webhook',
      '--kubeconfig',
      file,
      '--namespace',
      'havock8s-system',
      '--port',
      '0',
      '--metrics-port',
      '0',
    ],
  ]);
  const [connection] = await asked;
  t.after(() => connection.destroy());
  const { pid = 0 } = webhook.child;
  const first = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  process.kill(Number(first), 'SIGTERM');
  const { code } = await webhook.ended;
  assert.equal(code, 128 + constants.signals.SIGTERM);
});

const kubeconfigOf = (port: number): object => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'silent', cluster: { server: `https://127.0.0.1:${port}` } }],
  users: [{ name: 'user', user: { token: 'token' } }],
  contexts: [{ name: 'context', context: { cluster: 'silent', user: 'user' } }],
  'current-context': 'context',
});

test('beside a real API server it makes certificates, serves, and ends when asked', {
  skip: needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv'),
}, async (t) => {
  const cluster = await startApiServer({});
  try {
    await cluster.kubectl.createNamespace('havock8s-system');
    const webhook = spawnCli(t, [
      ...['webhook', '--kubeconfig', cluster.kubectl.kubeconfig, '--namespace', 'havock8s-system'],
      ...['--port', '0', '--metrics-port', '0', '--log-level', 'debug'],
    ]);
    await webhook.says(/"code":"webhook\.leads"/);
    await webhook.says(/"code":"webhook\.serves","port":\d+/);
    const { stdout } = await cluster.kubectl.run([
      'get',
      'secret',
      'havock8s-webhook-tls',
      '--namespace=havock8s-system',
      '-o',
      'name',
    ]);
    assert.equal(stdout, 'secret/havock8s-webhook-tls\n');
    webhook.child.kill('SIGTERM');
    webhook.child.kill('SIGTERM');
    const { code, signal } = await webhook.ended;
    assert.deepEqual([code, signal], [0, null]);
  } finally {
    await cluster.stop();
  }
});
