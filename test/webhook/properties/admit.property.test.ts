/** What holds for every pod. fast-check prints the seed of a failure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { uninject } from '../../../webhook/uninject.js';
import { admitted, injected, patched } from '../a-pod.js';
import { podProblems } from '../validity/pod-problems.js';
import { qosClass } from '../validity/quality-of-service.js';
import { anotherInjector } from './another-injector.js';
import { type ArbitraryContainer, type ArbitraryPod, arbitraryPod } from './arbitrary-pod.js';
import { damaged } from './damaged.js';
import { withUnknownFields } from './unknown-fields.js';

const strangePod = withUnknownFields(arbitraryPod);
const runs = { numRuns: 400 };

/** Null where the pod is skipped, which is for another property. */
function injectedOrNull(pod: ArbitraryPod) {
  if (admitted(pod).kind === 'skip') return null;
  const { pod: after, ...admission } = injected(pod);
  return { ...admission, after: after as unknown as ArbitraryPod };
}

type Injected = NonNullable<ReturnType<typeof injectedOrNull>>;

/** Says so when hardly any pod is injected, as then nothing would have been tested. */
function forInjected(
  pods: fc.Arbitrary<ArbitraryPod>,
  check: (pod: ArbitraryPod, injected: Injected) => void,
) {
  let count = 0;
  const property = fc.property(pods, (pod) => {
    const result = injectedOrNull(pod);
    if (result === null) return;
    count += 1;
    check(pod, result);
  });
  fc.assert(property, runs);
  assert.ok(count > runs.numRuns / 2, `only ${count} pods were injected`);
}

const containersOf = ({ spec }: ArbitraryPod): readonly ArbitraryContainer[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

const isOurs = ({ name }: { readonly name: string }): boolean => name.startsWith('havock8s-');

test('what is generated is what an API server takes', () => {
  fc.assert(
    fc.property(arbitraryPod, (pod) => assert.deepEqual(podProblems(pod), [])),
    runs,
  );
});

test('an injected pod is one that an API server takes', () => {
  forInjected(arbitraryPod, (_, { after }) => assert.deepEqual(podProblems(after), []));
});

test('admitting twice gives what admitting once gives', () => {
  forInjected(strangePod, (_, { after, status, notes }) => {
    const again = injected(after);
    assert.deepEqual(again.patch, []);
    assert.deepEqual([again.status, again.notes], [status, notes]);
  });
});

test('taking back what was injected gives the pod as it was, unknown fields and all', () => {
  forInjected(strangePod, (pod, { after }) => {
    assert.deepEqual(patched(after, uninject(after) ?? []), pod);
    assert.equal(uninject(pod), null);
  });
});

const movedFields = ['name', 'subPath', 'subPathExpr', 'mountPropagation', 'recursiveReadOnly'];

test('nothing changes but mounts of the chosen volumes: every other field of the pod is where it was', () => {
  forInjected(strangePod, (pod, { after, status }) => {
    const { 'havock8s.io/status': _, ...annotations } = after.metadata.annotations;
    const { 'havock8s.io/injected': label, ...labels } = after.metadata.labels ?? {};
    const before = pod.metadata.labels ?? {};
    assert.equal(label, before['havock8s.io/injected'] ?? 'true');
    assert.deepEqual(
      { ...after.metadata, annotations, labels: { ...before, ...labels } },
      { ...pod.metadata, labels: before },
    );
    const lists = ['initContainers', 'containers', 'volumes'] as const;
    for (const name of Object.keys(pod.spec).filter((field) => !lists.some((list) => list === field)))
      assert.deepEqual(after.spec[name], pod.spec[name]);
    const masked = (container: ArbitraryContainer, isMoved: (name: string) => boolean) => ({
      ...container,
      volumeMounts: container.volumeMounts?.map((mount) =>
        isMoved(mount.name)
          ? Object.fromEntries(Object.entries(mount).filter(([key]) => !movedFields.includes(key)))
          : mount,
      ),
    });
    for (const list of ['initContainers', 'containers'] as const)
      assert.deepEqual(
        (after.spec[list] ?? [])
          .filter((one) => !isOurs(one))
          .map((one) => masked(one, (name) => name === 'havock8s-served')),
        (pod.spec[list] ?? []).map((one) => masked(one, (name) => status.volumes.includes(name))),
      );
    assert.deepEqual(
      (after.spec.volumes ?? []).filter((one) => !isOurs(one)),
      pod.spec.volumes ?? [],
    );
  });
});

test('a chosen volume is mounted by the fault proxy alone, and everybody who had it has it as it is served', () => {
  forInjected(strangePod, (pod, { after, status }) => {
    const isChosen = (name: string): boolean => status.volumes.includes(name);
    const direct = containersOf(after).flatMap(({ name, volumeMounts = [] }) =>
      volumeMounts.filter((mount) => isChosen(mount.name)).map((mount) => [name, mount.mountPath]),
    );
    assert.deepEqual(
      direct,
      status.volumes.map((volume) => ['havock8s-faults', `/havock8s/backing/${volume}`]),
    );
    for (const before of containersOf(pod)) {
      const container = containersOf(after).find(({ name }) => name === before.name);
      for (const [at, mount] of (before.volumeMounts ?? []).entries()) {
        if (!isChosen(mount.name)) continue;
        const served = container?.volumeMounts?.[at];
        assert.equal(served?.['mountPropagation'], 'HostToContainer');
        const { subPath, subPathExpr } = mount as { subPath?: string; subPathExpr?: string };
        const [field, below] = subPathExpr ? ['subPathExpr', subPathExpr] : ['subPath', subPath];
        assert.equal(served?.[field as string], below ? `${mount.name}/${below}` : mount.name);
      }
    }
  });
});

test('the sidecars come before everybody else, and the one that mounts before the one that serves', () => {
  forInjected(arbitraryPod, (_, { after, status }) => {
    const names = (after.spec.initContainers ?? []).map(({ name }) => name);
    const ours = status.volumes.length > 0 ? ['havock8s-mount', 'havock8s-faults'] : ['havock8s-faults'];
    assert.deepEqual(names.slice(0, ours.length), ours);
    assert.ok(!names.slice(ours.length).some((name) => isOurs({ name })));
  });
});

test('a Guaranteed pod stays so, a Burstable one too; a BestEffort one becomes Burstable', () => {
  const seen = new Map<string, number>();
  forInjected(arbitraryPod, (pod, { after }) => {
    const before = qosClass(pod);
    seen.set(before, (seen.get(before) ?? 0) + 1);
    assert.equal(qosClass(after), before === 'BestEffort' ? 'Burstable' : before);
  });
  assert.equal(seen.size, 3, `of every class there are pods: ${[...seen.keys()].join()}`);
});

const circumstances = fc.constantFrom(
  { labels: { 'havock8s.io/injection': 'off' } },
  { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
  { labels: { 'pod-security.kubernetes.io/enforce': 'of tomorrow' } },
  { minor: 28 },
);

test('a pod that is skipped has a reason and no patch', () => {
  fc.assert(
    fc.property(strangePod, circumstances, (pod, circumstance) => {
      const admission = admitted(pod, circumstance);
      assert.equal(admission.kind, 'skip');
      assert.ok(!('patch' in admission));
    }),
    runs,
  );
});

test('whatever stands in a pod, admitting answers, and what it answers can be applied and is settled', () => {
  let count = 0;
  const values = fc.oneof({ weight: 9, arbitrary: damaged(strangePod) }, fc.jsonValue());
  fc.assert(
    fc.property(values, (value) => {
      const admission = admitted(value);
      if (admission.kind === 'skip') return;
      count += 1;
      const after = patched(value, admission.patch);
      assert.deepEqual(injected(after).patch, []);
      patched(after, uninject(after) ?? []);
    }),
    { numRuns: 1000 },
  );
  assert.ok(count > 40, `only ${count} were injected`);
});

test('there is one operation for each thing that changes, and none writes a list again', () => {
  forInjected(strangePod, (pod, { after, patch, status }) => {
    const moved = containersOf(after)
      .filter((one) => !isOurs(one))
      .flatMap(({ volumeMounts = [] }) => volumeMounts.filter(({ name }) => name === 'havock8s-served'));
    const ours = status.volumes.length > 0 ? { containers: 2, volumes: 3 } : { containers: 1, volumes: 2 };
    const lists = [pod.spec.initContainers ? ours.containers : 1, pod.spec.volumes ? ours.volumes : 1];
    assert.equal(patch.length, moved.length + lists[0]! + lists[1]! + (status.labelled === true ? 2 : 1));
    const whole = patch.filter(({ op, path }) => op !== 'add' && !/\/\d+$/.test(path));
    assert.deepEqual(whole, []);
    for (const { path } of patch.filter(({ path }) => /^\/spec\/\w+$/.test(path)))
      assert.equal(pod.spec[path.slice('/spec/'.length)], undefined, `${path} was there`);
  });
});

test('what another injector does between two passes is taken in, and stays when ours is taken back', () => {
  const podAndChanges = arbitraryPod.chain((pod) => {
    const volume = injectedOrNull(pod)?.status.volumes[0];
    return fc.tuple(fc.constant(pod), volume === undefined ? fc.constant([]) : anotherInjector(volume));
  });
  let count = 0;
  fc.assert(
    fc.property(podAndChanges, ([pod, changes]) => {
      const first = injectedOrNull(pod);
      if (first === null || changes.length === 0) return;
      count += 1;
      const changed = changes.reduce((one, change) => change(one), first.after);
      const { pod: after, patch } = injected(changed);
      assert.deepEqual(podProblems(after), []);
      assert.deepEqual(injected(after).patch, []);
      assert.ok(patch.length <= changes.length + 5, `${patch.length} operations`);
      const original = changes.reduce((one, change) => change(one), pod);
      const mounters = containersOf(after as unknown as ArbitraryPod)
        .filter(({ volumeMounts = [] }) =>
          volumeMounts.some(({ name }) => first.status.volumes.includes(name)),
        )
        .map(({ name }) => name);
      assert.deepEqual(mounters, ['havock8s-faults']);
      assert.deepEqual(sortedLists(patched(after, uninject(after) ?? [])), sortedLists(original));
    }),
    runs,
  );
  assert.ok(count > runs.numRuns / 5, `only ${count} pods were changed`);
});

/** Ours and theirs were put first by turns, so where theirs is among the others is not told. */
function sortedLists(pod: unknown): unknown {
  const { spec, ...rest } = pod as ArbitraryPod;
  const sorted = (list: readonly { readonly name: string }[] = []) =>
    [...list].sort((one, other) => (one.name < other.name ? -1 : 1));
  return {
    ...rest,
    spec: {
      ...spec,
      containers: spec.containers,
      initContainers: sorted(spec.initContainers),
      volumes: sorted(spec.volumes),
    },
  };
}
