import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { issueAuthority, issueLeaf } from '../../../certs/issue.js';
import { lifetimes } from '../../../certs/limits.js';
import { serviceNames } from '../../../certs/secret-certificates.js';
import { type AuditEvent, auditRbac, type BoundRules, type PolicyRule } from '../../manifests/rbac-audit.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod } from '../../webhook/pods.js';
import { service, system } from './install.js';
import { PodLoad, tally } from './pod-load.js';
import { readEntries, readTrusted, secret } from './webhook-certificates.js';
import { databases, WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const user = `system:serviceaccount:${system}:${service}`;
const dayMs = 86_400_000;
/** A new authority is trusted for half a minute before anybody serves under it; then each replica is asked. */
const rotationMs = 120_000;

suite('an authority that has grown old', { skip }, () => {
  let cluster: WebhookCluster;
  let old: Readonly<Record<string, string>>;
  before(async () => {
    old = await agedEntries();
    cluster = await WebhookCluster.start({ replicas: 2, secret: old });
  });
  after(() => cluster?.stop());

  test('is replaced under load, the new one trusted beside it first, and every pod is injected', async (t) => {
    const load = new PodLoad(cluster.kubectl.kubeconfig, databases, 'authority');
    let sawBoth = false;
    try {
      await until(async () => {
        const [entries, trusted] = [await readEntries(cluster.kubectl), await readTrusted(cluster.kubectl)];
        sawBoth ||= trusted.every((pems) => pems.split('BEGIN CERTIFICATE').length === 3);
        const isRetired = entries['ca.crt'] !== old['ca.crt'] && !('old-ca.crt' in entries);
        return isRetired && trusted.every((pem) => pem === entries['ca.crt']);
      }, rotationMs);
      await load.more(20);
    } finally {
      await load.stop();
    }
    const { injected, uninjected, failures } = tally(load.creations);
    t.diagnostic(`${injected} pods, every one injected`);
    assert.ok(sawBoth);
    assert.deepEqual({ uninjected, failures }, { uninjected: 0, failures: [] });
  });

  test('until then, every verb that the webhook is granted has been used, and none was refused', async () => {
    await cluster.kubectl.succeed(['delete', ...secret]);
    await until(async () => (await cluster.kubectl.run(['get', ...secret])).code === 0, rotationMs);
    const onHost = databasePod('on-host');
    const spec = { ...onHost.spec, containers: onHost.spec?.containers ?? [], hostNetwork: true };
    await cluster.kubectl.succeed(['create', `--namespace=${databases}`, '-f', '-'], { ...onHost, spec });
    const events = ['get', 'events', `--namespace=${databases}`];
    await until(async () => (await cluster.kubectl.succeed(events)).includes('SidecarSkipped'), rotationMs);
    const bound = [
      { namespace: system, rules: await rulesOf(['role', service, `--namespace=${system}`]) },
      { namespace: null, rules: await rulesOf(['clusterrole', service]) },
    ];
    const { unused, refused } = auditRbac(user, bound, eventsOf(cluster.server.readAudit()));
    assert.deepEqual(refused, []);
    assert.deepEqual(unused, []);
  });

  async function rulesOf(args: readonly string[]): Promise<BoundRules['rules']> {
    return (await cluster.kubectl.json<{ rules: readonly PolicyRule[] }>(['get', ...args])).rules;
  }
});

/** Of the Secret, as the webhook itself would have made them 300 days ago. */
async function agedEntries(): Promise<Readonly<Record<string, string>>> {
  const authority = await issueAuthority(Date.now() - 300 * dayMs, lifetimes);
  const leaf = await issueLeaf(Date.now(), lifetimes, { authority, names: serviceNames(service, system) });
  return {
    'ca.crt': authority.certificatePem,
    'ca.key': authority.keyPem,
    'tls.crt': leaf.certificatePem,
    'tls.key': leaf.keyPem,
  };
}

const eventsOf = (audit: string): readonly AuditEvent[] =>
  audit
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
