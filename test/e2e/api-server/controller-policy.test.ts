/** What the account of the controller may write on a pod: faults, and to a pod that keeps ledgers whose run it is. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { ledgerLabel, ledgerValue } from '../../../core/keys.js';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { Kubectl, type KubectlResult } from '../../../dev/cluster/kubectl.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const namespace = 'shop';
const controller = 'system:serviceaccount:havock8s-system:havock8s-controller';
const order = '{"run":"00000000-0000-4000-8000-000000000000","want":"write"}';

const podOf = (name: string, labels: Readonly<Record<string, string>>): object => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, labels, annotations: { theirs: 'x' } } },
  spec: { containers: [{ name: 'app', image: 'app' }] },
});

suite('what the controller writes on a pod', { skip }, () => {
  let server: ApiServer;
  before(async () => {
    server = await startApiServer({ users: { [controller]: [] } });
    await server.kubectl.succeed(['apply', '--kustomize=manifests/base']);
    await server.kubectl.createNamespace(namespace);
    const items = [podOf('db-0', { app: 'db' }), podOf('havock8s-ledger-0', { [ledgerLabel]: ledgerValue })];
    const list = { apiVersion: 'v1', kind: 'List', items };
    await server.kubectl.succeed(['create', `--namespace=${namespace}`, '-f', '-'], list);
    // The policy is there once it refuses.
    await until(async () => (await annotate('db-0', 'early=x')).code !== 0, 60_000);
  });
  after(() => server?.stop());

  const annotate = (pod: string, ...words: readonly string[]): Promise<KubectlResult> =>
    new Kubectl(server.kubeconfig(controller)).run([
      ...['annotate', '--overwrite', `--namespace=${namespace}`, 'pod', pod, ...words],
    ]);

  test('it sets faults, and takes them away', async () => {
    for (const word of ['fault.havock8s.io/slow=disk latency 1ms', 'fault.havock8s.io/slow-']) {
      const { code, stderr } = await annotate('db-0', word);
      assert.equal(code, 0, stderr);
    }
  });

  test('to a pod that keeps ledgers it says whose run it is, another one, and none', async () => {
    for (const word of [`=${order}`, `=${order.replace('write', 'read-back')}`, '-']) {
      const { code, stderr } = await annotate('havock8s-ledger-0', `havock8s.io/ledger-run${word}`);
      assert.equal(code, 0, stderr);
    }
  });

  test('it says so to no other pod, and nothing else to one that keeps ledgers', async () => {
    for (const [pod, word] of [
      ['db-0', `havock8s.io/ledger-run=${order}`],
      ['havock8s-ledger-0', 'theirs=y'],
      ['havock8s-ledger-0', 'theirs-'],
      ['havock8s-ledger-0', 'havock8s.io/inject=true'],
    ] as const) {
      const { code, stderr } = await annotate(pod, word);
      assert.equal(code, 1, word);
      assert.match(stderr, /sets no annotation of a pod but its faults, and the run of one that keeps/);
    }
  });

  test('it makes no pod one that keeps ledgers', async () => {
    const { code, stderr } = await new Kubectl(server.kubeconfig(controller)).run([
      ...['label', `--namespace=${namespace}`, 'pod', 'db-0', `${ledgerLabel}=${ledgerValue}`],
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /changes of a pod only faults/);
  });
});
