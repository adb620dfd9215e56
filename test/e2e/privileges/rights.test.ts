import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, suite, test } from 'node:test';
import type { V1ServiceAccount } from '@kubernetes/client-node';
import { sidecar } from '../../../core/pod-layout.js';
import type { Kubectl } from '../../../dev/cluster/kubectl.js';
import { clusterAtHand, needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { controller, install, system, webhook } from '../installation.js';
import { redisPod } from './redis-pod.js';
import { readRightsPage, rightsOf } from './rights-page.js';

const skip = needsCluster();

suite('what our accounts and containers may do', { skip }, () => {
  before(() => install(clusterAtHand().kubectl));

  test('kubectl auth can-i --list of our account says what docs/operate/rbac.md says, here and elsewhere', async (t) => {
    const { kubectl } = clusterAtHand();
    const page = readRightsPage(readFileSync('docs/operate/rbac.md', 'utf8'));
    assert.ok(page.namespaced.length > 5 && page.cluster.length > 5);
    const [ofEverybody, ofOurs] = [
      await anybodyMay(kubectl, system),
      await accountMay(kubectl, webhook, system),
    ];
    const ours = ofOurs.filter((right) => !ofEverybody.includes(right));
    t.diagnostic(`${ours.length} rights in ${system}, beside ${ofEverybody.length} of any account`);
    assert.deepEqual(ours.toSorted(), [...page.namespaced, ...page.cluster].toSorted());

    const elsewhere = await anybodyMay(kubectl, 'default');
    const there = (await accountMay(kubectl, webhook, 'default')).filter(
      (right) => !elsewhere.includes(right),
    );
    assert.deepEqual(there.toSorted(), page.cluster.toSorted());
  });

  test('there is no account of ours but those of webhook and controller, each with its own roles', async () => {
    const { kubectl } = clusterAtHand();
    const all = await kubectl.json<{ items: readonly V1ServiceAccount[] }>([
      ...['get', 'serviceaccounts', '--all-namespaces', '--selector=app.kubernetes.io/name=havock8s'],
    ]);
    assert.deepEqual(
      all.items.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`),
      [`${system}/${controller}`, `${system}/${webhook}`],
    );
    const bindings = await kubectl.succeed([
      ...['get', 'rolebindings,clusterrolebindings', '--all-namespaces', '--output'],
      `jsonpath={range .items[*]}{.roleRef.name}{" "}{range .subjects[*]}{.kind}/{.namespace}/{.name}{" "}{end}{"\\n"}{end}`,
    ]);
    const ours = bindings.split('\n').filter((line) => /havock8s/.test(line));
    assert.deepEqual(
      new Set(ours.map((line) => line.trim())),
      new Set([
        `${webhook} ServiceAccount/${system}/${webhook}`,
        `${controller} ServiceAccount/${system}/${controller}`,
        `havock8s-node-failure ServiceAccount/${system}/${controller}`,
      ]),
    );
  });

  test('the sidecars of a running pod have no token, by file or by environment; the app keeps its own', () =>
    Environment.play({ name: 'token' }, async (environment) => {
      await environment.apply([redisPod('app')]);
      await environment.succeed(['wait', '--for=condition=Ready', 'pod/app', '--timeout=240s']);
      const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
      assert.match(await environment.exec('app', 'redis', ['ls', folder]), /^token$/m);
      for (const container of [sidecar.mount, sidecar.faults]) {
        const inside = (script: string): Promise<string> =>
          environment.exec('app', container, ['sh', '-c', script]);
        // A volume of ours, the pod's annotations, takes the place.
        assert.match(await inside(`ls ${folder}`), /^annotations\n$/, container);
        assert.match(await inside(`touch ${folder}/token 2>&1; true`), /Read-only|No such file/, container);
        // A JSON Web Token begins with {"alg": in base64.
        assert.equal(
          await inside(`tr '\\0' '\\n' </proc/1/environ | grep -c eyJhbGci; true`),
          '0\n',
          container,
        );
        const files = `find / -xdev -type f -name 'token*' -not -path '/proc/*' -not -path '*/node_modules/*' -size -16k 2>/dev/null`;
        assert.equal(await inside(`${files} | xargs -r grep -l '^eyJhbGci'; true`), '', container);
        assert.equal(await inside(`grep -c serviceaccount /proc/mounts; true`), '1\n', container);
        assert.match(await inside(`grep serviceaccount /proc/mounts`), /^\S+ \S+ \S+ ro/, container);
      }
    }));
});

async function accountMay(kubectl: Kubectl, account: string, namespace: string): Promise<readonly string[]> {
  const as = `--as=system:serviceaccount:${system}:${account}`;
  return rightsOf(await kubectl.succeed(['auth', 'can-i', '--list', as, `--namespace=${namespace}`]));
}

/** That every account has by its groups. */
const anybodyMay = (kubectl: Kubectl, namespace: string): Promise<readonly string[]> =>
  accountMay(kubectl, 'nobody-in-particular', namespace);
