/**
 * What another webhook may do to a pod between two passes of ours: put containers and volumes anywhere in the lists,
 * and mount what it finds, the claims among it.
 */
import fc from 'fast-check';
import type { ArbitraryContainer, ArbitraryPod } from './arbitrary-pod.js';

export type Change = (pod: ArbitraryPod) => ArbitraryPod;

const added = (name: string, volume: string, below: object): ArbitraryContainer => ({
  name,
  image: 'another/image:1',
  volumeMounts: [{ name: volume, mountPath: '/theirs', ...below }],
});

const place = fc.constantFrom('first', 'last');
const below = fc.constantFrom(
  {},
  { subPath: 'x/y' },
  { readOnly: true },
  { mountPropagation: 'HostToContainer' },
);

function insert<T>(list: readonly T[] | undefined, item: T, at: string): readonly T[] {
  return at === 'first' ? [item, ...(list ?? [])] : [...(list ?? []), item];
}

const withContainer =
  (list: 'containers' | 'initContainers', container: ArbitraryContainer, at: string): Change =>
  (pod) => ({ ...pod, spec: { ...pod.spec, [list]: insert(pod.spec[list], container, at) } });

const withVolume =
  (at: string): Change =>
  (pod) => {
    const volumes = insert(pod.spec.volumes, { name: 'their-volume', emptyDir: {} }, at);
    return { ...pod, spec: { ...pod.spec, volumes } };
  };

/** Into a container that was there: all its mounts move by one. */
const withMount =
  (volume: string): Change =>
  (pod) => {
    const [first, ...others] = pod.spec.containers;
    const mount = { name: volume, mountPath: '/their-mount' };
    const container = { ...first!, volumeMounts: insert(first!.volumeMounts, mount, 'first') };
    return { ...pod, spec: { ...pod.spec, containers: [container, ...others] } };
  };

const withAnnotation: Change = (pod) => {
  const annotations = { ...pod.metadata.annotations, 'example.com/theirs': '{}' };
  return { ...pod, metadata: { ...pod.metadata, annotations } };
};

const withLabel: Change = (pod) => {
  const labels = { ...pod.metadata.labels, 'example.com/theirs': 'yes' };
  return { ...pod, metadata: { ...pod.metadata, labels } };
};

/** Each change on its own can be left out, so that a failure shrinks to the one that matters. */
export const anotherInjector = (volume: string): fc.Arbitrary<readonly Change[]> =>
  fc
    .tuple(
      fc
        .tuple(place, below)
        .map(([at, way]) => withContainer('containers', added('theirs', volume, way), at)),
      fc
        .tuple(place, below)
        .map(([at, way]) => withContainer('initContainers', added('their-init', volume, way), at)),
      place.map((at) =>
        withContainer(
          'initContainers',
          { ...added('their-sidecar', volume, {}), restartPolicy: 'Always' },
          at,
        ),
      ),
      place.map(withVolume),
      fc.constant(withMount(volume)),
      fc.constant(withAnnotation),
      fc.constant(withLabel),
    )
    .chain((changes) => fc.shuffledSubarray(changes));
