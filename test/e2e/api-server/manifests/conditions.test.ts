/**
 * Which requests the API server asks the webhook about. Nobody answers here, and the audit log tells that it asked
 * in vain (`failed-open`), which is also the proof that a pod gets through without us.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiServer } from '../../../../dev/cluster/api-server.js';
import { chart } from '../../../manifests/programs.js';
import type { AuditEvent } from '../../../manifests/rbac-audit.js';
import {
  cannotInstall,
  databases,
  eventually,
  helm,
  type PodParts,
  pod,
  withInstallation,
} from './installation.js';

const skip = cannotInstall;
const asked = { 'havock8s.io/inject': 'true' };
const fault = { 'fault.havock8s.io/slow': 'disk latency 200ms' };

interface Calls {
  readonly inject: boolean;
  readonly faults: boolean;
}

/** What the last request of VERB about pod NAME had the API server ask. */
async function callsAbout(server: ApiServer, verb: string, name: string): Promise<Calls> {
  const matching = (): readonly AuditEvent[] =>
    server
      .readAudit()
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => JSON.parse(line) as AuditEvent)
      .filter((event) => event.verb === verb && event.objectRef?.name === name);
  await eventually(async () => matching().length > 0);
  const annotations = Object.entries(matching().at(-1)?.annotations ?? {});
  const failedOpen = (kind: string, webhook: string) =>
    annotations.some(([key, value]) => key.startsWith(`failed-open.${kind}.`) && value === webhook);
  return {
    inject: failedOpen('mutation', 'inject.havock8s.io'),
    faults: failedOpen('validating', 'faults.havock8s.io'),
  };
}

async function create(server: ApiServer, name: string, parts: PodParts = {}): Promise<Calls> {
  await server.kubectl.succeed(['create', '-f', '-'], pod(name, parts));
  return callsAbout(server, 'create', name);
}

let serial = 0;

/** Once the API server has taken note of both, which it shows by asking. */
async function begin(server: ApiServer): Promise<void> {
  await eventually(async () => {
    serial += 1;
    const calls = await create(server, `begin-${serial}`, { annotations: { ...asked, ...fault } });
    return calls.inject && calls.faults;
  });
}

const none = { inject: false, faults: false };
const mirror = { 'kubernetes.io/config.mirror': 'a' };

const creations: readonly (readonly [string, PodParts, Calls])[] = [
  ['a pod that asks', { annotations: asked }, { ...none, inject: true }],
  ['one that asks with a fault', { annotations: { ...asked, ...fault } }, { inject: true, faults: true }],
  ['one that does not ask', {}, none],
  ['one that refuses', { annotations: { 'havock8s.io/inject': 'false' } }, none],
  [
    'one that says neither, to be warned',
    { annotations: { 'havock8s.io/inject': 'yes' } },
    { ...none, inject: true },
  ],
  ['a mirror pod', { annotations: { ...asked, ...mirror }, spec: { nodeName: 'node' } }, none],
  ['one of a namespace that is not opted in', { namespace: 'plain', annotations: asked }, none],
  [
    'a fault where nothing is opted in',
    { namespace: 'plain', annotations: fault },
    { ...none, faults: true },
  ],
  ['one of kube-system', { namespace: 'kube-system', annotations: { ...asked, ...fault } }, none],
  ['one of our own namespace', { namespace: 'havock8s-system', annotations: { ...asked, ...fault } }, none],
];

test('a pod is created without us where we do not answer, and we are asked only what concerns us', {
  skip,
}, async () => {
  await withInstallation({ audit: true }, async (server) => {
    const enabled = ['havock8s.io/injection=enabled', '--overwrite'];
    await server.kubectl.createNamespace('plain');
    for (const namespace of ['kube-system', 'havock8s-system']) {
      await server.kubectl.succeed(['label', 'namespace', namespace, ...enabled]);
      await server.kubectl.run(['create', 'serviceaccount', 'default', `--namespace=${namespace}`]);
    }
    await begin(server);
    for (const [at, [what, parts, expected]] of creations.entries()) {
      assert.deepEqual(await create(server, `pod-${at}`, parts), expected, what);
    }
  });
});

test('of the updates of a pod only one that sets or changes a fault is asked about', { skip }, async () => {
  await withInstallation({ audit: true }, async (server) => {
    await begin(server);
    const updated = async (name: string, ...words: readonly string[]): Promise<boolean> => {
      await server.kubectl.succeed(['create', '-f', '-'], pod(name, { annotations: fault }));
      await server.kubectl.succeed([
        'annotate',
        'pod',
        name,
        `--namespace=${databases}`,
        '--overwrite',
        ...words,
      ]);
      const { inject, faults } = await callsAbout(server, 'patch', name);
      assert.ok(!inject);
      return faults;
    };
    assert.ok(await updated('another', 'fault.havock8s.io/full=disk full'));
    assert.ok(await updated('changed', 'fault.havock8s.io/slow=disk latency 1s'));
    assert.ok(!(await updated('same', 'note=1')), 'an update of something else');
    assert.ok(!(await updated('gone', 'fault.havock8s.io/slow-')), 'a fault that is switched off');
  });
});

test('with a selector of pods their labels ask, by every operator, and the annotation still refuses', {
  skip,
}, async () => {
  const podSelector = {
    matchLabels: { app: 'pg' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'zone', operator: 'NotIn', values: ['c'] },
      { key: 'here', operator: 'Exists' },
      { key: 'there', operator: 'DoesNotExist' },
    ],
  };
  const right = { app: 'pg', tier: 'b', here: '' };
  const { here: _, ...without } = right;
  const rows: readonly (readonly [string, PodParts, boolean])[] = [
    ['all of it', { labels: right }, true],
    ['another value', { labels: { ...right, app: 'mysql' } }, false],
    ['none of the values', { labels: { ...right, tier: 'c' } }, false],
    ['another than the one that is not wanted', { labels: { ...right, zone: 'd' } }, true],
    ['the one that is not wanted', { labels: { ...right, zone: 'c' } }, false],
    ['one missing', { labels: without }, false],
    ['one too many', { labels: { ...right, there: '' } }, false],
    ['no labels, asked by annotation', { annotations: asked }, true],
    ['refused by annotation', { labels: right, annotations: { 'havock8s.io/inject': 'false' } }, false],
    ['neither', {}, false],
  ];
  await withInstallation({ audit: true }, async (server) => {
    const set = `injection.podSelector=${JSON.stringify(podSelector)}`;
    helm(server, ['upgrade', 'havock8s', chart, '--set-json', set]);
    await eventually(async () => {
      serial += 1;
      return (await create(server, `begin-${serial}`, { labels: right })).inject;
    });
    for (const [at, [what, parts, expected]] of rows.entries()) {
      assert.equal((await create(server, `pod-${at}`, parts)).inject, expected, what);
    }
  });
});
