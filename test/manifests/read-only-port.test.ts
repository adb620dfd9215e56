/** The NetworkPolicies by which a namespace says who reads what is on in its pods. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { injectedLabel, injectedValue } from '../../core/keys.js';
import { readOnlyPort } from '../../core/pod-layout.js';
import { needs } from '../needs.js';
import { find, type KubernetesObject, objectsIn, succeed, template } from './programs.js';

interface Port {
  readonly port: number;
  readonly endPort?: number;
  readonly protocol: string;
}

interface Rule {
  readonly from?: readonly {
    readonly namespaceSelector: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  }[];
  readonly ports: readonly Port[];
}

const skip = needs('kubectl');

function policyOf(component: string): { readonly policy: KubernetesObject; readonly rules: readonly Rule[] } {
  const [policy, ...others] = objectsIn(
    succeed('kubectl', ['kustomize', `manifests/components/read-only-port/${component}`]),
  );
  assert.ok(policy !== undefined && others.length === 0);
  return { policy, rules: policy['spec'].ingress };
}

/** May somebody whom no rule names connect to it? */
const isOpen = (rules: readonly Rule[], protocol: string, port: number): boolean =>
  rules.some(
    (rule) =>
      rule.from === undefined &&
      rule.ports.some(
        (one) => one.protocol === protocol && port >= one.port && port <= (one.endPort ?? one.port),
      ),
  );

for (const component of ['allow', 'restrict'])
  test(`${component} is about injected pods, and lets havock8s and Prometheus read`, { skip }, () => {
    const { policy, rules } = policyOf(component);
    assert.deepEqual([policy.apiVersion, policy.kind], ['networking.k8s.io/v1', 'NetworkPolicy']);
    assert.deepEqual(policy['spec'].podSelector.matchLabels, { [injectedLabel]: injectedValue });
    assert.deepEqual(policy['spec'].policyTypes, ['Ingress']);
    const [named] = rules;
    assert.deepEqual(named?.ports, [{ port: readOnlyPort, protocol: 'TCP' }]);
    assert.deepEqual(
      named?.from?.map(({ podSelector }) => podSelector.matchLabels['app.kubernetes.io/name']),
      ['havock8s', 'prometheus'],
    );
    assert.equal(isOpen(rules, 'TCP', readOnlyPort), false);
  });

test('restrict leaves every other port as it was, and allow opens none', { skip }, () => {
  const [allow, restrict] = ['allow', 'restrict'].map((component) => policyOf(component).rules);
  for (const protocol of ['TCP', 'UDP', 'SCTP'])
    for (let port = 1; port <= 65_535; port++) {
      assert.equal(isOpen(restrict ?? [], protocol, port), protocol !== 'TCP' || port !== readOnlyPort);
      assert.equal(isOpen(allow ?? [], protocol, port), false);
    }
});

test('they name havock8s as the chart does, where it is installed', {
  skip: needs('helm', 'kubectl'),
}, () => {
  const [peer] = policyOf('allow').rules[0]?.from ?? [];
  const { metadata, spec } = find(objectsIn(template()), 'Deployment', 'havock8s-webhook');
  for (const [key, value] of Object.entries(peer?.podSelector.matchLabels ?? {}))
    assert.equal(spec.template.metadata.labels[key], value);
  assert.ok(metadata.name.startsWith('havock8s'));
  assert.equal(peer?.namespaceSelector.matchLabels?.['kubernetes.io/metadata.name'], 'havock8s-system');
});
