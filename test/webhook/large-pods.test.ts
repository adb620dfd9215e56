/** A pod may be as large as the API server takes it: what it costs grows with its size, and no faster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admit } from '../../webhook/admit.js';
import { judgeFaults } from '../../webhook/faults/judge-faults.js';
import { chooseVolumes } from '../../webhook/inject/choose-volumes.js';
import { originalPod } from '../../webhook/inject/original-pod.js';
import { readPod } from '../../webhook/pod.js';
import { uninject } from '../../webhook/uninject.js';
import { admitOptions, admitted, aPod } from './a-pod.js';

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

const claims = (count: number) =>
  many(count, (index) => ({ name: `v${index}`, persistentVolumeClaim: { claimName: 'c' } }));
const mounts = (count: number) => many(count, (index) => ({ name: `v${index}`, mountPath: `/v${index}` }));

/** Each of well over a megabyte. */
const large: Readonly<Record<string, object>> = {
  'claims that are mounted': aPod({ volumes: claims(20_000), container: { volumeMounts: mounts(20_000) } }),
  'volumes that are named': aPod({
    volumes: claims(20_000),
    annotations: { 'havock8s.io/volumes': many(20_000, (index) => `v${index}`).join() },
    container: { volumeMounts: mounts(5000) },
  }),
  'names of no volume': aPod({
    annotations: { 'havock8s.io/volumes': many(200_000, (index) => `v${index}`).join() },
  }),
  'names of no port': aPod({
    annotations: { 'havock8s.io/ports': many(200_000, (index) => `p${index}`).join() },
  }),
  ports: aPod({ container: { ports: many(30_000, (index) => ({ containerPort: (index % 65_535) + 1 })) } }),
  containers: aPod({
    initContainers: many(5000, (index) => ({ name: `c${index}`, volumeMounts: mounts(3) })),
  }),
  'faults that are none': aPod({
    annotations: Object.fromEntries(many(20_000, (index) => [`fault.havock8s.io/f${index}`, 'disk latensy'])),
  }),
};

/** The best of three, in milliseconds: what else the machine does counts least there. */
function costOf(work: () => unknown): number {
  return Math.min(
    ...many(3, () => {
      const began = performance.now();
      work();
      return performance.now() - began;
    }),
  );
}

for (const [what, pod] of Object.entries(large)) {
  test(`a megabyte of ${what} takes a few times as long as to read its JSON`, (t) => {
    const text = JSON.stringify(pod);
    const reading = costOf(() => JSON.parse(text));
    const judging = costOf(() => [
      admit(pod, admitOptions()),
      uninject(pod),
      judgeFaults({ object: pod, oldObject: null }),
    ]);
    t.diagnostic(`${Math.round(judging)} ms beside ${Math.round(reading)} ms for ${text.length} bytes`);
    assert.ok(judging < 20 * reading + 20, `${judging} ms beside ${reading} ms`);
  });
}

/** Ten times as many would cost a hundred times as much where each was held against each. */
test('the choice of volumes goes over each list once, however many there are', () => {
  const choose = (count: number) => {
    const pod = readPod(aPod({ volumes: claims(count), container: { volumeMounts: mounts(count) } }));
    assert.ok(pod);
    const original = originalPod(pod);
    return costOf(() => chooseVolumes(original));
  };
  const [few, ten] = [choose(4000), choose(40_000)];
  assert.ok(ten < 70 * few + 5, `${ten} ms beside ${few} ms for a tenth`);
});

test('what is larger than any pod that runs is left alone, and what is as large as the bounds is injected', () => {
  const withMounts = (count: number) =>
    aPod({ container: { volumeMounts: many(count, (index) => ({ name: 'data', mountPath: `/${index}` })) } });
  const reasonOf = (pod: object): string => {
    const admission = admitted(pod);
    return admission.kind === 'skip' ? admission.reason : admission.kind;
  };
  assert.equal(reasonOf(withMounts(4096)), 'inject');
  assert.equal(reasonOf(withMounts(4097)), 'too-large');
  const ports = (count: number) => ({ 'havock8s.io/ports': many(count, (index) => index + 1).join() });
  assert.equal(reasonOf(aPod({ annotations: ports(512) })), 'inject');
  assert.equal(reasonOf(aPod({ annotations: ports(513) })), 'too-many-ports');
});
