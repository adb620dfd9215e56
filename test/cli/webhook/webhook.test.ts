/** The real command beside a real API server, which asks it at each pod. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApiServer } from '../../cluster/api-server.js';
import { needs } from '../../needs.js';
import { errorOf, runCli, spawnCli } from '../run-cli.js';

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
