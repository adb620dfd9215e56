/** The objects against the program they are for: names, paths, ports, times, and what must hold however it is set up. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { annotation, faultPrefix, injectionEnabled, injectionLabel } from '../../core/keys.js';
import { podVolume, sidecar } from '../../core/pod-layout.js';
import { webhookTimeouts } from '../../webhook/timeouts.js';
import { needs } from '../needs.js';
import { find, type KubernetesObject, objectsIn, ownNamespace, template } from './programs.js';

const skip = needs('helm');
const render = (...values: readonly string[]) => objectsIn(template(...values));
const sources = ['secret', 'files', 'cert-manager'] as const;

test('labels, annotations and names of containers are those of the program', { skip }, () => {
  const text = template();
  for (const key of [annotation.inject, annotation.status, injectionLabel, faultPrefix]) {
    assert.ok(text.includes(`'${key}'`) || text.includes(`key: ${key}`), key);
  }
  const { webhooks } = find(render(), 'MutatingWebhookConfiguration', 'havock8s');
  assert.deepEqual(webhooks[0].namespaceSelector.matchExpressions[0], {
    key: injectionLabel,
    operator: 'In',
    values: [injectionEnabled],
  });
  const policy = JSON.stringify(find(render(), 'ValidatingAdmissionPolicy', 'havock8s-native-sidecars'));
  for (const name of [sidecar.mount, sidecar.faults, podVolume.served]) {
    assert.ok(policy.includes(`'${name}'`), name);
  }
});

test('neither webhook can keep a pod from running, or be asked about our own', { skip }, () => {
  const objects = render('webhook.excludedNamespaces=["kube-system","gke-managed"]');
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    const [webhook] = find(objects, kind, 'havock8s')['webhooks'];
    assert.equal(webhook.failurePolicy, 'Ignore');
    assert.equal(webhook.timeoutSeconds * 1000, webhookTimeouts.apiServerMs);
    assert.equal(webhook.sideEffects, 'None');
    assert.equal(webhook.matchPolicy, 'Equivalent');
    assert.deepEqual(webhook.namespaceSelector.matchExpressions.at(-1), {
      key: 'kubernetes.io/metadata.name',
      operator: 'NotIn',
      values: ['kube-system', 'gke-managed', ownNamespace],
    });
    assert.equal(webhook.clientConfig.caBundle, undefined);
  }
  const { template: pod } = find(objects, 'Deployment', 'havock8s-webhook')['spec'];
  assert.equal(pod.metadata.annotations[annotation.inject], 'false');
});

test('Service, budget, spread and policy of the network are about the pods of the Deployment', {
  skip,
}, () => {
  const objects = render('podLabels={"team":"storage"}');
  const { spec } = find(objects, 'Deployment', 'havock8s-webhook');
  const labels = Object.entries(spec.template.metadata.labels);
  const [spread] = spec.template.spec.topologySpreadConstraints;
  const [apart] = spec.template.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
  const selectors = [
    find(objects, 'Service', 'havock8s-webhook')['spec'].selector,
    find(objects, 'PodDisruptionBudget', 'havock8s-webhook')['spec'].selector.matchLabels,
    find(objects, 'NetworkPolicy', 'havock8s-webhook')['spec'].podSelector.matchLabels,
    spec.selector.matchLabels,
    spread.labelSelector.matchLabels,
    apart.podAffinityTerm.labelSelector.matchLabels,
  ];
  for (const selector of selectors) {
    assert.ok(Object.keys(selector).length > 0);
    for (const [key, value] of Object.entries(selector)) {
      assert.ok(
        labels.some(([name, label]) => name === key && label === value),
        key,
      );
    }
  }
});

test('a replica that is asked to go has time to leave, and never goes before another is there', {
  skip,
}, () => {
  const { spec } = find(render(), 'Deployment', 'havock8s-webhook');
  const { noticeMs, inFlightMs, endMs } = webhookTimeouts;
  const graceMs = spec.template.spec.terminationGracePeriodSeconds * 1000;
  assert.ok(graceMs >= 2 * (noticeMs + inFlightMs));
  assert.ok(graceMs > endMs);
  assert.equal(spec.strategy.rollingUpdate.maxUnavailable, 0);
  assert.ok(spec.replicas >= 2);
});

test('another configuration is another pod, and the same one is the same', { skip }, () => {
  const checksum = (...values: readonly string[]): string =>
    find(render(...values), 'Deployment', 'havock8s-webhook')['spec'].template.metadata.annotations[
      'havock8s.io/config-checksum'
    ];
  assert.equal(checksum(), checksum('replicas=3'));
  assert.notEqual(checksum(), checksum('injection.logLevel="debug"'));
});

for (const source of sources) {
  test(`with certificates from ${source} the pods find them, and may do what that takes`, { skip }, () => {
    const objects = render(`certs.source="${source}"`);
    const { containers, volumes } = find(objects, 'Deployment', 'havock8s-webhook')['spec'].template.spec;
    const ownSecret = source === 'secret';
    assert.equal(containers[0].args.includes('--certs=secret'), ownSecret);
    assert.equal(containers[0].args.includes('--cert-dir=/etc/havock8s-tls'), !ownSecret);
    assert.equal(
      volumes.some(({ name }: { name: string }) => name === 'tls'),
      !ownSecret,
    );
    const { rules } = find(objects, 'Role', 'havock8s-webhook');
    assert.equal(JSON.stringify(rules).includes('"secrets"'), ownSecret);
    assert.equal(
      objects.some(({ kind }) => kind === 'Certificate'),
      source === 'cert-manager',
    );
    assert.ok(!objects.some(({ kind }) => kind === 'Secret'), 'the chart makes no key, ever');
  });
}

test('cert-manager is told whose CA to fill in, and signs with your issuer where you name one', {
  skip,
}, () => {
  const issuerRef = { kind: 'ClusterIssuer', name: 'corp' };
  const objects = render(
    'certs.source="cert-manager"',
    `certs.certManager.issuerRef=${JSON.stringify(issuerRef)}`,
  );
  assert.ok(!objects.some(({ kind }) => kind === 'Issuer'));
  const { volumes } = find(objects, 'Deployment', 'havock8s-webhook')['spec'].template.spec;
  const keys = volumes.at(-1).secret.items.map(({ key }: { key: string }) => key);
  assert.deepEqual(keys, ['tls.crt', 'tls.key'], 'what we do not see we do not fill in as well');
  assert.deepEqual(find(objects, 'Certificate', 'havock8s-webhook')['spec'].issuerRef, issuerRef);
  const { metadata } = find(objects, 'MutatingWebhookConfiguration', 'havock8s') as KubernetesObject & {
    metadata: { annotations: Readonly<Record<string, string>> };
  };
  assert.equal(metadata.annotations['cert-manager.io/inject-ca-from'], `${ownNamespace}/havock8s-webhook`);
});

test('isolating nodes is of a kind of our own, lets everything through by an error or without one, and can be left out', {
  skip,
}, () => {
  const kinds = ['CustomResourceDefinition', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
  const about = (...values: readonly string[]) =>
    render(...values).filter(
      ({ kind, metadata }) => kinds.includes(kind) && /node-?isolation/.test(metadata.name),
    );
  assert.equal(about().length, 5);
  for (const { kind, spec } of about()) {
    if (kind === 'ValidatingAdmissionPolicy') {
      assert.equal(spec.failurePolicy, 'Ignore');
      assert.deepEqual(spec.paramKind, { apiVersion: 'havock8s.io/v1alpha1', kind: 'NodeIsolation' });
    }
    if (kind === 'ValidatingAdmissionPolicyBinding')
      assert.deepEqual(spec.paramRef, { selector: {}, parameterNotFoundAction: 'Allow' });
  }
  assert.deepEqual(about('policies.nodeIsolation.enabled=false'), []);
});

test('docs/operate/rbac.md has every verb, and no other; no rule has a star', { skip }, () => {
  const [page = ''] = readFileSync('docs/operate/rbac.md', 'utf8').split('\n## Who may set faults\n');
  const rows = [...page.matchAll(/^\| ([a-z, ]+) \| ([a-z0-9., ]+) \|(.*?)\|.+\|$/gm)]
    .filter(([, verbs]) => verbs !== 'verb')
    .flatMap(([, verbs = '', resources = '', name = '']) => grants(verbs, resources, name.trim()));
  const rules = ['Role', 'ClusterRole'].flatMap((kind) => find(render(), kind, 'havock8s-webhook')['rules']);
  const granted = rules.flatMap(({ apiGroups, resources, resourceNames = [''], verbs }) =>
    resources.flatMap((resource: string) =>
      grants(
        verbs.join(),
        apiGroups[0] === '' ? resource : `${resource}.${apiGroups[0]}`,
        resourceNames.join(),
      ),
    ),
  );
  assert.ok(granted.length > 10);
  assert.ok(!granted.some((grant) => grant.includes('*')));
  assert.deepEqual(rows.toSorted(), granted.toSorted());
});

test('docs/operate/rbac.md has every verb of taking a node away, and no other', { skip }, () => {
  const [, page = ''] = readFileSync('docs/operate/rbac.md', 'utf8').split(
    '## What taking a node away needs\n',
  );
  const [section = ''] = page.split('\n## ');
  const rows = [...section.matchAll(/^\| ([a-z, ]+) \| ([a-z0-9./, ]+) \|.+\|$/gm)]
    .filter(([, verbs]) => verbs !== 'verb')
    .flatMap(([, verbs = '', resources = '']) => grants(verbs, resources, ''));
  const rules: readonly {
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly verbs: readonly string[];
  }[] = find(render(), 'ClusterRole', 'havock8s-node-failure')['rules'];
  const granted = rules.flatMap(({ apiGroups: [group = ''], resources, verbs }) =>
    resources.flatMap((resource) =>
      grants(verbs.join(), group === '' ? resource : `${resource}.${group}`, ''),
    ),
  );
  assert.ok(granted.length > 10);
  assert.deepEqual(rows.toSorted(), granted.toSorted());
});

const grants = (verbs: string, resources: string, name: string): readonly string[] =>
  verbs
    .split(/, ?/)
    .flatMap((verb) => resources.split(/, ?/).map((resource) => `${verb} ${resource} ${name}`.trim()));
