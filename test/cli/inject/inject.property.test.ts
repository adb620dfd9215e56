/** Any manifest of a workload, however it is written: injected it means what the patch made of it, and goes back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { sidecar } from '../../../core/pod-layout.js';
import { injected, readManifest, uninjected } from './changed.js';

const volumeNames = ['data', 'wal', 'logs', '1e3', 'true'] as const;
const name = fc.constantFrom('a', 'b', 'c-1');

const mount = fc.record(
  {
    name: fc.constantFrom(...volumeNames),
    mountPath: fc.constantFrom('/data', '/var/lib/pg', '/x y', '/5'),
    subPath: fc.constantFrom('pg', 'a/b', '0644'),
    readOnly: fc.boolean(),
    recursiveReadOnly: fc.constantFrom('Disabled', 'IfPossible'),
    mountPropagation: fc.constantFrom('None', 'HostToContainer', 'Bidirectional'),
  },
  { requiredKeys: ['name', 'mountPath'], noNullPrototype: true },
);

const mounts = fc.uniqueArray(mount, { maxLength: 3, selector: ({ mountPath }) => mountPath });

const container = fc.record(
  {
    name,
    image: fc.constantFrom('pg:17', 'a@sha256:00', 'yes'),
    args: fc.array(fc.constantFrom('-c', '10:20', 'a: b', 'two\nlines', '# no', ''), { maxLength: 3 }),
    ports: fc.array(
      fc.record({ containerPort: fc.integer({ min: 1, max: 65_535 }) }, { noNullPrototype: true }),
      { minLength: 1, maxLength: 3 },
    ),
    volumeMounts: mounts,
    resources: fc.constant({ requests: { cpu: '1' }, limits: { memory: '1Gi' } }),
    'x-unknown': fc.constant({ 'kept/as': ['it', 'is', null, 1.5] }),
  },
  { requiredKeys: ['name', 'image'], noNullPrototype: true },
);

const containers = fc.uniqueArray(container, { minLength: 1, maxLength: 3, selector: (one) => one.name });

const volume = fc.tuple(
  fc.constantFrom(...volumeNames),
  fc.constantFrom(
    { persistentVolumeClaim: { claimName: 'c' } },
    { emptyDir: {} },
    { secret: { secretName: 's' } },
  ),
);
const volumes = fc
  .uniqueArray(volume, { minLength: 1, maxLength: 4, selector: ([of]) => of })
  .map((list) => list.map(([of, source]) => ({ name: of, ...source })));

const metadata = fc.record(
  {
    labels: fc.constantFrom({ app: 'pg', on: 'y' }, { 'havock8s.io/injected': 'false' }, {}, null),
    annotations: fc.constantFrom(
      { note: 'a "quoted" one' },
      { 'havock8s.io/volumes': 'data,logs' },
      { 'havock8s.io/inject': 'false' },
      { 'fault.havock8s.io/slow': 'disk latency 1s' },
      {},
      null,
    ),
  },
  { noNullPrototype: true },
);

/** Kubernetes writes no empty lists; people do. */
const orEmpty = <T>(list: fc.Arbitrary<T>): fc.Arbitrary<T | readonly never[] | null> =>
  fc.oneof({ arbitrary: list, weight: 3 }, fc.constantFrom([], null));

const pod = fc.record(
  {
    metadata: fc.oneof({ arbitrary: metadata, weight: 3 }, fc.constant(null)),
    spec: fc.record(
      {
        initContainers: orEmpty(
          containers.map((list) => list.map((one) => ({ ...one, name: `init-${one.name}` }))),
        ),
        containers,
        volumes: orEmpty(volumes),
      },
      { requiredKeys: ['containers'], noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
);

const manifest = fc.oneof(
  pod.map((template) => ({ apiVersion: 'v1', kind: 'Pod', ...template })),
  fc.tuple(pod, fc.boolean()).map(([template, hasClaim]) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'pg' },
    spec: { template, ...(hasClaim ? { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } : {}) },
  })),
  pod.map((template) => ({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'x' },
    spec: { jobTemplate: { spec: { template } } },
  })),
);

interface Way {
  readonly form: 'yaml' | 'flow' | 'json';
  readonly indent: 2 | 4;
  readonly indentSeq: boolean;
  readonly anchors: boolean;
  readonly crlf: boolean;
  readonly ended: boolean;
}
const way: fc.Arbitrary<Way> = fc.record({
  form: fc.constantFrom('yaml', 'yaml', 'flow', 'json'),
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  anchors: fc.boolean(),
  crlf: fc.boolean(),
  ended: fc.boolean(),
});

function write(values: readonly unknown[], { form, indent, indentSeq, anchors, crlf, ended }: Way): string {
  const options = {
    version: '1.1',
    indent,
    indentSeq,
    aliasDuplicateObjects: anchors,
    lineWidth: 60,
  } as const;
  const text = values
    .map((value) =>
      form === 'json'
        ? `${JSON.stringify(value, null, indent === 2 ? '\t' : 4)}\n`
        : `# above\n${stringify(value, { ...options, collectionStyle: form === 'flow' ? 'flow' : 'any' })}`,
    )
    .join('---\n');
  return (ended ? text : text.replace(/\n$/, '')).replaceAll('\n', crlf ? '\r\n' : '\n');
}

const valuesOf = (text: string): readonly unknown[] => readManifest(text).documents.map(({ value }) => value);

test('injected, it has the sidecars where they belong; again nothing changes; uninjected it is as it was', () => {
  let count = 0;
  fc.assert(
    fc.property(fc.array(manifest, { minLength: 1, maxLength: 3 }), way, (values, how) => {
      const text = write(values, how);
      const given = valuesOf(text);
      const { text: once, outcomes } = injected(text);
      assert.equal(outcomes.length, values.length);
      const wanted = valuesOf(once);
      for (const [index, { result }] of outcomes.entries()) {
        const names = [...JSON.stringify(wanted[index]).matchAll(/"name":"(havock8s-(?:mount|faults))"/g)];
        assert.equal(names.length > 0, result === 'injected');
        if (result === 'injected') count += 1;
        if (result === 'injected') assert.equal(names.at(-1)?.[1], sidecar.faults);
        else assert.deepEqual(wanted[index], given[index]);
      }
      assert.equal(injected(once).text, once, 'inject twice');
      const back = uninjected(once).text;
      assert.deepEqual(valuesOf(back), given, `${text}\n=>\n${once}\n=>\n${back}`);
      assert.equal(back, text, once);
    }),
    { numRuns: 50, includeErrorInReport: true },
  );
  assert.ok(count > 13, 'many are injected');
});
