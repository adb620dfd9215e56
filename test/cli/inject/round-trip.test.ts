/** A manifest injected and uninjected is the same text, also where injection had to write over some of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestLimits } from '../../../cli/manifests/manifest-limits.js';
import { injected, readManifest, uninjected } from './changed.js';

interface Parts {
  readonly top?: string;
  readonly metadata?: string;
  readonly spec?: string;
  readonly container?: string;
}

const deployment = ({ top = '', metadata = '', spec = '', container = '' }: Parts): string =>
  `apiVersion: apps/v1
kind: Deployment
${top}spec:
  template:
${metadata}    spec:
${spec}      containers:
        - name: db
          ports: [{containerPort: 5432}]
${container}`;

const claim = `      volumes:
        - {name: data, persistentVolumeClaim: {claimName: d}}
`;

const cases: Readonly<Record<string, string>> = {
  'null annotations': deployment({ metadata: '    metadata:\n      annotations:\n' }),
  'null annotations as a tilde, with a comment': deployment({
    metadata: '    metadata:\n      annotations: ~    # none\n      labels: {a: b}\n',
  }),
  'empty annotations with a space between the braces': deployment({
    metadata: '    metadata: {annotations: { }, labels: {a: b}}\n',
  }),
  'null metadata': deployment({ metadata: '    metadata: null\n' }),
  'empty metadata, on a line of its own': deployment({ metadata: '    metadata:\n      {}\n' }),
  'empty init containers': deployment({ spec: '      initContainers: [ ] # later\n' }),
  'empty volumes behind a comment': deployment({ spec: '      volumes: # none\n        []\n' }),
  'everything empty in JSON': `${JSON.stringify(
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { annotations: null },
      spec: {
        volumes: [],
        initContainers: null,
        containers: [{ name: 'a', ports: [{ containerPort: 80 }] }],
      },
    },
    null,
    '\t',
  )}\n`,
  'annotations that are an alias': deployment({
    top: 'metadata:\n  annotations: &notes\n    a: b\n',
    metadata: '    metadata:\n      annotations: *notes # as above\n',
  }),
  'annotations whose anchor is in the template': deployment({
    metadata: '    metadata:\n      annotations: &notes {a: b}\n      x: *notes\n',
  }),
  'annotations that are an alias to an empty map': deployment({
    top: 'metadata:\n  annotations: &none {}\n',
    metadata: '    metadata:\n      annotations: *none\n',
  }),
  'labels that the selector is an alias to': `apiVersion: apps/v1
kind: Deployment
spec:
  template:
    metadata:
      labels: &labels
        app: db
    spec:
      containers: [{name: db, ports: [{containerPort: 5432}]}]
  selector:
    matchLabels: *labels
`,
  'labels that are an alias to the selector': deployment({
    top: 'x-selector:\n  matchLabels: &labels {app: db}\n',
    metadata: '    metadata:\n      labels: *labels # as above\n',
  }),
  'empty labels': deployment({ metadata: '    metadata: {labels: { }}\n' }),
  'a volume list that is an alias': deployment({
    top: `x-volumes: &volumes
  - {name: data, persistentVolumeClaim: {claimName: d}}
`,
    spec: '      volumes: *volumes\n',
    container: '          volumeMounts: [{name: data, mountPath: /d}]\n',
  }),
  'mounts that two containers share by an anchor': `${deployment({
    spec: claim,
    container: '          volumeMounts: &m\n            - name: data\n              mountPath: /d\n',
  })}        - name: other
          volumeMounts: *m
`,
  'a mount whose name is anchored': `${deployment({
    spec: claim,
    container: '          volumeMounts: [{name: &n data, mountPath: /d}]\n',
  })}          args: [*n]
`,
  'fields of a mount that have to go, in their order and with their comments': deployment({
    spec: claim,
    container: `          volumeMounts:
            - recursiveReadOnly: Disabled # first
              name: data
              # where the rows are
              mountPath: /d
              mountPropagation: None   # as it should be
`,
  }),
  'a container that a merge key makes': deployment({
    top: 'x-base: &base\n  volumeMounts: [{name: data, mountPath: /d}]\n',
    spec: claim,
    container: '          <<: *base\n',
  }),
  'a template that is an alias': `${deployment({})}---
apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    spec:
      template: &t
        metadata: {labels: {a: b}}
        spec:
          containers: [{name: a, ports: [{containerPort: 80}]}]
  - apiVersion: apps/v1
    kind: ReplicaSet
    spec: {template: *t}
`,
  'no line end behind the last line': deployment({ container: '          volumeMounts: []' }),
};

for (const [name, text] of Object.entries(cases)) {
  test(`${name}: byte for byte the same again`, () => {
    const once = injected(text).text;
    assert.notEqual(once, text);
    assert.equal(injected(once).text, once, 'injecting again changes nothing');
    assert.equal(uninjected(once).text, text);
  });

  test(`${name}: the same with the line ends of Windows`, () => {
    const windows = text.replaceAll('\n', '\r\n');
    assert.equal(uninjected(injected(windows).text).text, windows);
  });
}

const value = (text: string): unknown => readManifest(text).documents.map((document) => document.value);

test('what was added after the injection stays, also where there was an empty list before', () => {
  const text = deployment({ spec: '      volumes: []   # none yet\n' });
  const once = injected(text).text;
  const own = '        - name: own\n          emptyDir: {}\n';
  const grown = once.replace('      volumes: # none yet\n', (line) => line + own);
  assert.notEqual(grown, once);
  const wanted = text.replace('[]   # none yet', '[{name: own, emptyDir: {}}]');
  assert.deepEqual(value(uninjected(grown).text), value(wanted));
});

test('text that an annotation should not hold is written over, and the value comes back', () => {
  const long = `# ${'x'.repeat(manifestLimits.sourceCharacters)}`;
  const text = deployment({ spec: `      volumes: [] ${long}\n` });
  const once = injected(text).text;
  assert.ok(!once.includes('"source"'));
  const { spec } = (value(uninjected(once).text) as [{ spec: unknown }])[0];
  assert.deepEqual(
    spec,
    (value(text.replace(`      volumes: [] ${long}\n`, '')) as [{ spec: unknown }])[0].spec,
  );
});

test('a forged record of the text changes nothing but how the manifest is written', () => {
  const once = injected(deployment({ spec: '      volumes: []\n' })).text;
  const forged = once.replace(
    '{"text":" []","empty":[]}',
    '{"text":" [{name: evil}]\\\\n      hostNetwork: true","empty":[]}',
  );
  assert.notEqual(forged, once);
  assert.deepEqual(value(uninjected(forged).text), value(deployment({ spec: '      volumes: []\n' })));
});
