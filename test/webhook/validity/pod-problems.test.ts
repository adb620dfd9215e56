import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goldens } from '../golden/goldens.js';
import { podProblems, podSchema } from './pod-problems.js';
import { pruneSchema } from './prune-schema.js';
import { qosClass } from './quality-of-service.js';

test('the schema is as pruning leaves it, and says nothing of what a pod does not have', () => {
  assert.deepEqual(pruneSchema(podSchema), podSchema);
  const padded = { definitions: { ...podSchema.definitions, 'io.k8s.api.core.v1.Node': {} } };
  assert.deepEqual(pruneSchema(padded), podSchema);
});

const { pod: golden } = goldens.find(({ name }) => name === 'shared-claim') ?? { pod: {} };

const pod = (change: (spec: Spec) => void): unknown => {
  const copy = structuredClone(golden) as { spec: Spec };
  change(copy.spec);
  return copy;
};

type Json = Record<string, unknown>;
type Container = Json & { volumeMounts: Json[]; ports: Json[] };
interface Spec extends Json {
  containers: Container[];
  initContainers: Container[];
  volumes: Json[];
}

/** Each with what is wrong, and a word of the problem that is to be found. */
const wrong: Readonly<Record<string, readonly [change: (spec: Spec) => void, problem: RegExp]>> = {
  'an unknown field': [({ containers: [first] }) => Object.assign(first!, { imagePull: 'no' }), /imagePull/],
  'a wrong type': [({ containers: [first] }) => Object.assign(first!, { image: 3 }), /must be string/],
  'no name': [({ containers: [first] }) => Object.assign(first!, { name: undefined }), /'name'/],
  'one name twice, over both lists': [
    ({ initContainers: [init], containers: [first] }) => Object.assign(init!, { name: first!['name'] }),
    /two containers/,
  ],
  'a volume twice': [({ volumes }) => volumes.push(volumes[0]!), /two volumes/],
  'a volume of two sources': [
    ({ volumes: [volume] }) => Object.assign(volume!, { emptyDir: {} }),
    /2 sources/,
  ],
  'a volume that is not there': [({ volumes }) => volumes.shift(), /there is no volume data/],
  'a path twice': [
    ({ containers: [first] }) => first!.volumeMounts.push(first!.volumeMounts[0]!),
    /mounted twice/,
  ],
  'a way out of the volume': [
    ({ containers: [first] }) => Object.assign(first!.volumeMounts[0]!, { subPath: 'a/../b' }),
    /leads out/,
  ],
  'both ways of naming a folder': [
    ({ containers: [first] }) => Object.assign(first!.volumeMounts[0]!, { subPath: 'a', subPathExpr: 'b' }),
    /exclude/,
  ],
  'Bidirectional without privilege': [
    ({ containers: [first] }) =>
      Object.assign(first!.volumeMounts[0]!, { mountPropagation: 'Bidirectional' }),
    /privileged/,
  ],
  'recursiveReadOnly of what can be written': [
    ({ containers: [first] }) => Object.assign(first!.volumeMounts[0]!, { recursiveReadOnly: 'Enabled' }),
    /is for what is readOnly/,
  ],
  'recursiveReadOnly that propagates': [
    ({ containers: [first] }) =>
      Object.assign(first!.volumeMounts[0]!, {
        readOnly: true,
        recursiveReadOnly: 'Enabled',
        mountPropagation: 'HostToContainer',
      }),
    /no propagation/,
  ],
  'a port name twice': [({ containers: [first] }) => first!.ports.push(first!.ports[0]!), /two ports/],
  'a request above its limit': [
    ({ containers: [first] }) =>
      Object.assign(first!, { resources: { requests: { cpu: '2' }, limits: { cpu: '1900m' } } }),
    /limit of cpu/,
  ],
  'a restartPolicy of an app container': [
    ({ containers: [first] }) => Object.assign(first!, { restartPolicy: 'Always' }),
    /only an init container/,
  ],
  'a probe of an init container that ends': [
    ({ initContainers: [init] }) => Object.assign(init!, { startupProbe: { exec: { command: ['true'] } } }),
    /restartable/,
  ],
};

for (const [name, [change, problem]] of Object.entries(wrong)) {
  test(`${name} is a problem`, () => assert.match(podProblems(pod(change)).join('\n'), problem));
}

test('a pod that has nothing wrong has no problem', () => assert.deepEqual(podProblems(pod(() => {})), []));

test('the class of a pod is the one that Kubernetes computes', () => {
  const classOf = (resources: object, init: object = resources): string =>
    qosClass({
      spec: { containers: [{ name: 'a', resources }], initContainers: [{ name: 'b', resources: init }] },
    });
  const full = { cpu: '1', memory: '1Gi' };
  assert.equal(classOf({}), 'BestEffort');
  assert.equal(classOf({ requests: { cpu: '0' } }), 'BestEffort');
  assert.equal(classOf({ limits: full }), 'Guaranteed');
  assert.equal(classOf({ limits: full, requests: { cpu: '1000m', memory: '1024Mi' } }), 'Guaranteed');
  assert.equal(classOf({ limits: full }, {}), 'Burstable');
  assert.equal(classOf({ limits: { cpu: '1' } }), 'Burstable');
  assert.equal(classOf({ limits: full, requests: { cpu: '900m' } }), 'Burstable');
});
