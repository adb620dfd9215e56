import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BadInput } from '../../../cli/bad-input.js';
import { webhookDefaults } from '../../../cli/commands/webhook.js';
import { readWebhookOptions, type WebhookFlags } from '../../../cli/commands/webhook-options.js';
import { defaultConfig } from '../../../webhook/injection-config.js';
import { temporaryFolders } from '../temporary-folders.js';

const options = (
  flags: Partial<WebhookFlags>,
  env: NodeJS.ProcessEnv = { POD_NAMESPACE: 'havock8s-system' },
) => readWebhookOptions({ ...webhookDefaults, ...flags }, env);

async function problemsOf(flags: Partial<WebhookFlags>, env?: NodeJS.ProcessEnv): Promise<readonly string[]> {
  const error = await options(flags, env).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof BadInput, 'it is refused');
  return error.problems.map(({ subject, message }) => `${subject}: ${message}`);
}

test('with no flag it is as the manifests have it', async () => {
  assert.deepEqual(await options({}), {
    port: 8443,
    metricsPort: 8080,
    config: defaultConfig,
    namespace: 'havock8s-system',
    service: 'havock8s-webhook',
    certificates: { kind: 'secret', name: 'havock8s-webhook-tls' },
    webhookConfiguration: 'havock8s',
    lease: 'havock8s-webhook',
    kubeconfig: null,
    logLevel: 'info',
  });
});

test('a flag goes before what the pod is told', async () => {
  assert.equal((await options({ namespace: 'elsewhere' })).namespace, 'elsewhere');
});

test('certificates come from files where that is asked for', async (t) => {
  const directory = join(temporaryFolders(t, 'tls'), 'tls');
  const { certificates } = await options({ certs: 'files', certDir: directory });
  assert.deepEqual(certificates, { kind: 'files', directory });
});

test('a configuration is read', async (t) => {
  const file = join(temporaryFolders(t), 'config.yaml');
  writeFileSync(file, 'image: example.com/havock8s:1\n');
  assert.equal((await options({ config: file })).config.image, 'example.com/havock8s:1');
});

const table: readonly (readonly [Partial<WebhookFlags>, RegExp])[] = [
  [{ port: '70000' }, /^--port 70000: expected a port/],
  [{ port: '' }, /^--port : expected a port/],
  [{ port: '-1' }, /^--port -1: /],
  [{ port: '0x50' }, /^--port 0x50: /],
  [{ metricsPort: '8443' }, /^--metrics-port 8443: is --port already/],
  [{ certs: 'files' }, /^--cert-dir: is required with --certs files/],
  [{ certs: 'files', certDir: 'no/such/directory' }, /is not a directory/],
  [{ certDir: 'tls' }, /^--cert-dir: goes with --certs files/],
  [{ namespace: 'Shop' }, /^--namespace Shop: not a name that Kubernetes allows/],
  [{ namespace: '' }, /^--namespace : not a name that Kubernetes allows/],
  [{ service: 'a.b' }, /^--service a\.b: /],
  [{ secret: '-x' }, /^--secret -x: /],
  [{ lease: `${'x'.repeat(64)}` }, /^--lease x+: /],
  [{ webhookConfiguration: 'a/b' }, /^--webhook-configuration a\/b: /],
  [{ kubeconfig: 'no/such/file' }, /^--kubeconfig no\/such\/file: cannot be read/],
  [{ config: 'no/such/file' }, /no\/such\/file/],
];

for (const [flags, says] of table) {
  test(`${JSON.stringify(flags).slice(0, 60)} is refused`, async () => {
    const problems = await problemsOf(flags);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, says);
  });
}

test('a wrong configuration and wrong flags are told together', async (t) => {
  const file = join(temporaryFolders(t), 'config.yaml');
  writeFileSync(file, 'imag: x\n');
  const problems = await problemsOf({ config: file, port: 'x', certs: 'files', lease: 'B' });
  assert.equal(problems.length, 4);
});
