/** Pods each with one thing wrong, and what is to be said of it: an API server refuses every one of them. */
import { goldens } from '../golden/goldens.js';

export const rightPod = goldens.find(({ name }) => name === 'shared-claim')?.pod;

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
  'a probe of an init container that ends': [
    ({ initContainers: [init] }) => Object.assign(init!, { startupProbe: { exec: { command: ['true'] } } }),
    /restartable/,
  ],
};

export const wrongPods = Object.entries(wrong).map(([name, [change, problem]]) => {
  const pod = structuredClone(rightPod) as { readonly spec: Spec };
  change(pod.spec);
  return { name, pod: pod as unknown, problem };
});
