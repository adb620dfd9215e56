/**
 * The ledger beside an application: as the chart makes it, and as the component for kustomize has it, which is the chart's
 * output. After changing the chart:
 *
 *     UPDATE_GOLDEN=1 npm test -- test/manifests/ledger
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ledgerCommand } from '../../cli/commands/ledger.js';
import { annotation, ledgerLabel, ledgerValue } from '../../core/keys.js';
import { ledgerPort } from '../../core/pod-layout.js';
import { isUpdating } from '../golden-switch.js';
import { needs } from '../needs.js';
import { databaseOf, ledgerComponent, withLedgerOverlay } from './ledger-overlay.js';
import {
  find,
  type KubernetesObject,
  objectsIn,
  ownNamespace,
  run,
  succeed,
  template,
  templateArgs,
} from './programs.js';

const golden = join(ledgerComponent, 'ledger.yaml');
const heading = `# The output of ../../chart for one of its ledgers; written by test/manifests/ledger.test.ts.\n`;
const ledger = {
  ...{ namespace: 'shop', name: 'havock8s-ledger', postgres: 'postgres://app@postgres:5432/app' },
  passwordSecret: { name: 'havock8s-ledger', key: 'password' },
};
const skip = needs('helm');

const values = (...ledgers: readonly object[]): string => `ledgers=${JSON.stringify(ledgers)}`;
const render = (one: object, ...more: readonly string[]): readonly KubernetesObject[] =>
  objectsIn(template(values({ ...ledger, ...one }), ...more)).filter(
    ({ metadata }) => metadata.namespace === 'shop',
  );
const podOf = (objects: readonly KubernetesObject[]) =>
  find(objects, 'StatefulSet', 'havock8s-ledger')['spec'].template;

test('the component is what the chart renders, but for the namespace, which kustomize sets', { skip }, () => {
  const rendered = succeed('helm', [
    ...templateArgs([values(ledger)]),
    ...['--show-only', 'templates/ledgers.yaml'],
  ]);
  const text = heading + rendered.replace(/^ {2}namespace: shop\n/gm, '');
  if (isUpdating) writeFileSync(golden, text);
  assert.equal(readFileSync(golden, 'utf8'), text);
});

test('kustomize sets database, Secret, image and namespace of the component', {
  skip: needs('kubectl'),
}, async () => {
  const secretKeyRef = { name: 'redis', key: 'pass' };
  const set = [
    { name: 'LEDGER_DATABASE', value: 'redis' },
    { name: 'LEDGER_URL', value: 'redis://redis:6379' },
    { name: 'HAVOCK8S_LEDGER_PASSWORD', valueFrom: { secretKeyRef } },
  ];
  const overlay = {
    namespace: 'shop',
    images: [{ name: 'localhost/havock8s', newName: 'registry.example/havock8s', newTag: '1.2.3' }],
    patches: [databaseOf(...set)],
  };
  const text = await withLedgerOverlay(overlay, (folder) => succeed('kubectl', ['kustomize', folder]));
  const objects = objectsIn(text);
  assert.deepEqual(
    objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`).toSorted(),
    ['NetworkPolicy shop havock8s-ledger', 'StatefulSet shop havock8s-ledger'],
  );
  const [container] = podOf(objects).spec.containers;
  assert.equal(container.image, 'registry.example/havock8s:1.2.3');
  assert.ok(container.args.includes('--$(LEDGER_DATABASE)=$(LEDGER_URL)'));
  for (const one of set)
    assert.deepEqual(
      container.env.find(({ name }: { readonly name: string }) => name === one.name),
      one,
    );
});

test('what it is called, where it is read and what it is told is as the program has it', { skip }, () => {
  const { metadata, spec } = podOf(render({}));
  assert.equal(metadata.labels[ledgerLabel], ledgerValue);
  assert.equal(metadata.annotations[annotation.inject], 'false');
  const [container] = spec.containers;
  assert.equal(container.ports[0].containerPort, ledgerPort);
  const mounts = new Map<string, string>(
    container.volumeMounts.map(({ name, mountPath }: Record<string, string>) => [name, mountPath]),
  );
  const serve = ledgerCommand().commands.find((command) => command.name() === 'serve');
  const usual = (long: string) => serve?.options.find((option) => option.long === long)?.defaultValue;
  assert.equal(usual('--state'), mounts.get('state'));
  assert.equal(usual('--annotations'), `${mounts.get('pod')}/annotations`);
});

test('it passes the Pod Security Standard restricted, and has no credentials of the cluster', {
  skip,
}, () => {
  const { spec } = podOf(render({}));
  assert.equal(spec.automountServiceAccountToken, false);
  assert.equal(spec.securityContext.runAsNonRoot, true);
  assert.equal(spec.securityContext.seccompProfile.type, 'RuntimeDefault');
  for (const { securityContext } of spec.containers) {
    assert.equal(securityContext.allowPrivilegeEscalation, false);
    assert.equal(securityContext.readOnlyRootFilesystem, true);
    assert.deepEqual(securityContext.capabilities, { drop: ['ALL'] });
  }
});

test('there is one at a time, and what it remembers outlives the pod unless you say otherwise', {
  skip,
}, () => {
  const { spec } = find(render({}), 'StatefulSet', 'havock8s-ledger');
  assert.equal(spec.replicas, 1);
  assert.equal(spec.volumeClaimTemplates[0].spec.resources.requests.storage, '1Gi');
  const other = find(
    render({ storage: { size: '2Gi', storageClassName: 'fast' } }),
    'StatefulSet',
    'havock8s-ledger',
  );
  const [claim] = other['spec'].volumeClaimTemplates;
  assert.deepEqual([claim.spec.resources.requests.storage, claim.spec.storageClassName], ['2Gi', 'fast']);
  const none = find(render({ storage: null }), 'StatefulSet', 'havock8s-ledger')['spec'];
  assert.equal(none.volumeClaimTemplates, undefined);
  assert.deepEqual(
    none.template.spec.volumes.find(({ name }: { readonly name: string }) => name === 'state').emptyDir,
    { sizeLimit: '1Gi' },
  );
});

test('it is read by the controller alone', { skip }, () => {
  const { spec } = find(render({}), 'NetworkPolicy', 'havock8s-ledger');
  const { labels } = podOf(render({})).metadata;
  for (const [key, value] of Object.entries(spec.podSelector.matchLabels)) assert.equal(labels[key], value);
  const [rule, ...others] = spec.ingress;
  const [peer, ...peers] = rule.from;
  assert.deepEqual([others, peers, spec.policyTypes], [[], [], ['Ingress']]);
  assert.equal(peer.namespaceSelector.matchLabels['kubernetes.io/metadata.name'], ownNamespace);
  const controller = find(objectsIn(template()), 'Deployment', 'havock8s-controller')['spec'].template
    .metadata;
  for (const [key, value] of Object.entries(peer.podSelector.matchLabels))
    assert.equal(controller.labels[key], value);
  const without = render({}, 'networkPolicy.enabled=false');
  assert.deepEqual(
    without.map(({ kind }) => kind),
    ['StatefulSet'],
  );
});

test('without a password there is none, and none is ever in the objects', { skip }, () => {
  const { passwordSecret: _, ...open } = ledger;
  const text = template(values(open));
  assert.ok(!text.includes('HAVOCK8S_LEDGER_PASSWORD'));
  const { args } = podOf(render({ readBackFrom: ['postgres://app@replica/app'] })).spec.containers[0];
  assert.ok(args.includes('--read-back-from=postgres://app@replica/app'));
});

const wrong: Readonly<Record<string, object>> = {
  'no database': { postgres: undefined },
  'two databases': { redis: 'redis://r' },
  'what is no URL': { postgres: 'pg' },
  'no namespace': { namespace: undefined },
  'a name that no pod may have': { name: 'Ledger' },
  'a password in place of a Secret': { passwordSecret: 'secret' },
  'a field that is not there': { password: 'secret' },
};
for (const [what, change] of Object.entries(wrong))
  test(`${what} is refused`, { skip }, () => {
    const { status, stderr } = run('helm', templateArgs([values({ ...ledger, ...change })]));
    assert.notEqual(status, 0);
    assert.match(stderr, /ledgers/);
  });
