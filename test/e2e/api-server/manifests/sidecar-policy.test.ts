/** What is named as a sidecar of ours is one: judged by a real API server, as pods are created and as they change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admit } from '../../../../webhook/admit.js';
import { chart } from '../../../manifests/programs.js';
import { admitOptions, aPod, patched } from '../../../webhook/a-pod.js';
import { cannotInstall, databases, eventually, helm, withInstallation } from './installation.js';

const skip = cannotInstall;
const here = `--namespace=${databases}`;

type Json = Record<string, unknown>;
interface Made {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: Json;
  readonly spec: Json & { readonly initContainers: readonly Json[]; readonly containers: readonly Json[] };
}

/** As the webhook makes it. */
function injectedPod(name: string, annotations: Readonly<Record<string, string>> = {}): Made {
  const pod = aPod({ annotations });
  const named = { ...pod, metadata: { ...pod.metadata, generateName: undefined, name } };
  const admission = admit(named, admitOptions());
  assert.ok(admission.kind === 'inject');
  return { ...(patched(named, admission.patch) as unknown as Made), apiVersion: 'v1', kind: 'Pod' };
}

const withSidecar = (index: number, fields: object) => (pod: Made) => ({
  ...pod,
  spec: {
    ...pod.spec,
    initContainers: pod.spec.initContainers.map((one, at) => (at === index ? { ...one, ...fields } : one)),
  },
});
const withContainer = (fields: object) => (pod: Made) => ({
  ...pod,
  spec: { ...pod.spec, containers: [...pod.spec.containers, { name: 'other', image: 'other', ...fields }] },
});
const mounting = (name: string, more: object = {}) =>
  withContainer({ volumeMounts: [{ name, mountPath: '/theirs', ...more }] });
const mountsOf = (pod: Made, index: number) => pod.spec.initContainers[index]?.['volumeMounts'] as Json[];

/** Null: it is admitted. */
const table: Readonly<Record<string, readonly [change: (pod: Made) => object, says: RegExp | null]>> = {
  'as the webhook made it': [(pod) => pod, null],
  'with a command': [withSidecar(0, { command: ['/bin/sh'] }), /no command/],
  'with other arguments': [withSidecar(0, { args: ['faults'] }), /begin with its command/],
  'with another root': [withSidecar(0, { args: ['mount', '--root=/x'] }), /begin with its command/],
  'with an environment that loads a program': [
    withSidecar(1, { env: [{ name: 'NODE_OPTIONS', value: '-r /data/x.js' }] }),
    /NODE_\*/,
  ],
  'with an environment from elsewhere': [
    withSidecar(1, { envFrom: [{ configMapRef: { name: 'x', optional: true } }] }),
    /comes from nowhere else/,
  ],
  'with a hook': [withSidecar(0, { lifecycle: { preStop: { exec: { command: ['x'] } } } }), /no hooks/],
  'with a probe': [withSidecar(1, { livenessProbe: { exec: { command: ['x'] } } }), /no probe but its own/],
  'with another startup probe': [withSidecar(1, { startupProbe: { exec: { command: ['x'] } } }), /no probe/],
  'with a mount over its program': [
    (pod) =>
      withSidecar(1, { volumeMounts: [...mountsOf(pod, 1), { name: 'data', mountPath: '/opt' }] })(pod),
    /mounts below \/havock8s/,
  ],
  'with all rights in havock8s-faults': [
    withSidecar(1, { securityContext: { privileged: true } }),
    /few capab/,
  ],
  'with an image of another registry': [withSidecar(0, { image: 'registry.example.com/havock8s:1' }), null],
  'with what other injectors add to all': [
    (pod) =>
      withSidecar(1, {
        env: [{ name: 'AWS_ROLE_ARN', value: 'arn' }],
        volumeMounts: [
          ...mountsOf(pod, 1),
          { name: 'havock8s-pod', mountPath: '/var/run/secrets/eks.amazonaws.com/serviceaccount' },
        ],
      })(pod),
    null,
  ],
  'with a container that mounts what the sidecars share': [
    mounting('havock8s-run'),
    /reaches past the faults/,
  ],
  'with a container that mounts what is served whole': [
    mounting('havock8s-served'),
    /reaches past the faults/,
  ],
  'with another container that is served': [mounting('havock8s-served', { subPath: 'data' }), null],
};

test('an injected pod is admitted as it was made, and refused with what somebody else wrote into its sidecars', {
  skip,
}, async (t) => {
  await withInstallation({}, async ({ kubectl }) => {
    const create = (pod: object) => kubectl.run(['create', here, '--dry-run=server', '-f', '-'], pod);
    const [forge] = table['with a command'] ?? [];
    assert.ok(forge);
    await eventually(async () => (await create(forge(injectedPod('pg')))).code !== 0);
    for (const [what, [change, says]] of Object.entries(table)) {
      await t.test(what, async () => {
        const { code, stderr } = await create(change(injectedPod('pg')));
        if (says === null) assert.equal(code, 0, stderr);
        else assert.match(stderr, says);
      });
    }
    await t.test(
      'a container of the author with our name is admitted without rights, and not with any',
      async () => {
        const own = { name: 'pg', namespace: databases };
        const plain = (fields: object) => ({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: own,
          spec: { containers: [{ name: 'havock8s-mount', image: 'theirs', ...fields }] },
        });
        assert.equal((await create(plain({}))).code, 0);
        const { stderr } = await create(plain({ securityContext: { privileged: true } }));
        assert.match(stderr, /are those of sidecars/);
      },
    );
    await t.test(
      'a running one keeps its image, takes no ephemeral container to our volumes, and other changes',
      async () => {
        await kubectl.succeed(['create', here, '-f', '-'], injectedPod('pg'));
        const set = await kubectl.run(['set', 'image', 'pod/pg', here, 'havock8s-mount=theirs:1']);
        assert.match(set.stderr, /keeps its image, or gets another version of it/);
        for (const image of ['localhost/havock8s:next', `localhost/havock8s@sha256:${'a'.repeat(64)}`])
          await kubectl.succeed(['set', 'image', 'pod/pg', here, `havock8s-mount=${image}`]);
        await kubectl.succeed(['label', 'pod', 'pg', here, 'a=b']);
        await kubectl.succeed(['set', 'image', 'pod/pg', here, 'postgres=postgres:17']);
        const debug = (volumeMounts: readonly object[]) => {
          const ephemeralContainers = [{ name: 'debug', image: 'busybox', volumeMounts }];
          const patch = `--patch=${JSON.stringify({ spec: { ephemeralContainers } })}`;
          return kubectl.run(['patch', 'pod', 'pg', here, '--subresource=ephemeralcontainers', patch]);
        };
        for (const name of ['havock8s-run', 'havock8s-pod', 'havock8s-served'])
          assert.match((await debug([{ name, mountPath: '/x' }])).stderr, /reaches past the faults/, name);
        assert.equal((await debug([])).code, 0);
      },
    );
  });
});

test('where images are named, a sidecar has one of them', { skip }, async () => {
  await withInstallation({}, async (server) => {
    const images = 'policies.sidecars.images={localhost/havock8s,registry.example.com:5000/a/b}';
    helm(server, ['upgrade', 'havock8s', chart, '--set', images]);
    const create = (image: string) => {
      const pod = withSidecar(0, { image })(injectedPod('pg'));
      return server.kubectl.run(['create', here, '--dry-run=server', '-f', '-'], pod);
    };
    await eventually(async () => (await create('theirs:1')).code !== 0);
    assert.match(
      (await create('localhost/havock8s-not:1')).stderr,
      /that the value policies.sidecars.images names/,
    );
    assert.match(
      (await create('x/localhost/havock8s:1')).stderr,
      /that the value policies.sidecars.images names/,
    );
    const good = ['localhost/havock8s:2', `registry.example.com:5000/a/b:1@sha256:${'a'.repeat(64)}`];
    for (const image of good) assert.equal((await create(image)).code, 0, image);
  });
});

const configurations = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'];

test('the account of the webhook changes the CA of its configurations, and nothing else of them', {
  skip,
}, async () => {
  await withInstallation({}, async ({ kubectl }) => {
    const account = '--as=system:serviceaccount:havock8s-system:havock8s-webhook';
    const patch = (kind: string, path: string, value: unknown) => {
      const body = JSON.stringify([{ op: 'add', path: `/webhooks/0/${path}`, value }]);
      return kubectl.run(['patch', kind, 'havock8s', account, '--type=json', `--patch=${body}`]);
    };
    const rule = { operations: ['*'], apiGroups: [''], apiVersions: ['v1'], resources: ['secrets'] };
    const url = 'https://example.com/x';
    const wrong: readonly (readonly [path: string, value: unknown])[] = [
      ['rules/0', rule],
      ['clientConfig', { url }],
      ['clientConfig/service/namespace', databases],
      ['clientConfig/service/path', '/x'],
      ['failurePolicy', 'Fail'],
      ['namespaceSelector', {}],
      ['objectSelector', { matchLabels: { a: 'b' } }],
      ['matchConditions', []],
      ['timeoutSeconds', 30],
    ];
    // Each time another one: what changes nothing is nobody's business.
    let seconds = 3;
    await eventually(async () => {
      seconds = (seconds % 29) + 1;
      return (await patch('mutatingwebhookconfiguration', 'timeoutSeconds', seconds)).code !== 0;
    });
    for (const kind of configurations) {
      for (const [path, value] of wrong)
        assert.match(
          (await patch(kind, path, value)).stderr,
          /caBundle of its webhooks, and nothing else/,
          path,
        );
      const caBundle = Buffer.from(
        '-----BEGIN CERTIFICATE-----\nMIIBITCByaADAgECAgEBMAoGCCqGSM49BAMCMA0xCzAJBgNVBAMMAmNh\n-----END CERTIFICATE-----\n',
      ).toString('base64');
      const { code, stderr } = await patch(kind, 'clientConfig/caBundle', caBundle);
      assert.equal(code, 0, stderr);
    }
    assert.match(
      (await patch('mutatingwebhookconfiguration', 'reinvocationPolicy', 'Never')).stderr,
      /nothing else/,
    );
  });
});
