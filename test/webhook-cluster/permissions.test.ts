import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { until } from '../disk/until.js';
import { type AuditEvent, auditRbac, type BoundRules, type PolicyRule } from '../manifests/rbac-audit.js';
import { needs } from '../needs.js';
import { service, system } from './install.js';
import { WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const user = `system:serviceaccount:${system}:${service}`;

suite('permissions of the webhook', { skip }, () => {
  let cluster: WebhookCluster;
  before(async () => {
    cluster = await WebhookCluster.start({ replicas: 2 });
  });
  after(() => cluster?.stop());

  test('every verb it is granted is used, and none is refused', async (t) => {
    const bound = [
      { namespace: system, rules: await rulesOf(['role', service, `--namespace=${system}`]) },
      { namespace: null, rules: await rulesOf(['clusterrole', service]) },
    ];
    await cluster.kubectl.succeed(['delete', 'secret', 'havock8s-webhook-tls', `--namespace=${system}`]);
    const result = () => auditRbac(user, bound, events(cluster.server.readAudit()));
    await until(() => result().unused.length === 0, 30_000).catch(() => {});
    t.diagnostic(JSON.stringify(result()));
    assert.deepEqual(result(), { unused: [], refused: [] });
  });

  async function rulesOf(args: readonly string[]): Promise<BoundRules['rules']> {
    return (await cluster.kubectl.json<{ rules: readonly PolicyRule[] }>(['get', ...args])).rules;
  }
});

const events = (audit: string): readonly AuditEvent[] =>
  audit
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
