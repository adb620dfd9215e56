/**
 * What has to change in a pod for it to be as wanted, as JSON Patch (RFC 6902): one operation for each thing
 * that is missing, different or too much, so that nothing of anybody else's is written again.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Operation } from 'fast-json-patch';
import { annotation, injectedLabel } from '../../core/keys.js';
import type { Container, Pod, PodVolume, VolumeMount } from '../pod.js';
import { isSupersetOf } from './is-superset-of.js';
import { isOurContainer, isOurVolume } from './original-pod.js';

export interface Wanted {
  /** Ours, which go first among the init containers: those after them are to see what is served. */
  readonly sidecars: readonly { readonly name: string }[];
  readonly volumes: readonly PodVolume[];
  readonly mount: (container: Container, mount: VolumeMount) => VolumeMount;
  /** The label `havock8s.io/injected`; null: none. */
  readonly label: string | null;
  /** The annotation `havock8s.io/status`; null: none. */
  readonly status: string | null;
}

/** The operations are to be applied in this order. */
export function patchTo(pod: Pod, wanted: Wanted): readonly Operation[] {
  return [
    ...mountOperations(pod, wanted),
    ...volumeOperations(pod, wanted),
    ...sidecarOperations(pod, wanted),
    ...metadataOperations(pod, wanted),
  ];
}

/** Before the lists change: the indices are those of the pod as it came. */
function mountOperations({ spec }: Pod, { mount: wantedMount }: Wanted): readonly Operation[] {
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (spec[list] ?? []).flatMap((container, index) => {
      if (isOurContainer(container)) return [];
      return (container.volumeMounts ?? []).flatMap((mount, at) => {
        const value = wantedMount(container, mount);
        const path = `/spec/${list}/${index}/volumeMounts/${at}`;
        return isDeepStrictEqual(mount, value) ? [] : [{ op: 'replace' as const, path, value }];
      });
    }),
  );
}

function volumeOperations({ spec }: Pod, { volumes }: Wanted): readonly Operation[] {
  const list = '/spec/volumes';
  const present = spec.volumes ?? [];
  const replaced = present.flatMap((volume, index): Operation[] => {
    const value = volumes.find(({ name }) => name === volume.name);
    if (value === undefined || isSupersetOf(volume, value)) return [];
    return [{ op: 'replace', path: `${list}/${index}`, value }];
  });
  const unwanted = (volume: PodVolume): boolean =>
    isOurVolume(volume) && !volumes.some(({ name }) => name === volume.name);
  const missing = volumes.filter((volume) => !present.some(({ name }) => name === volume.name));
  return [...replaced, ...removals(list, present, unwanted), ...additions(list, spec.volumes, missing, '-')];
}

function sidecarOperations({ spec }: Pod, { sidecars }: Wanted): readonly Operation[] {
  const list = '/spec/initContainers';
  const present = spec.initContainers ?? [];
  const areInPlace =
    present.filter(isOurContainer).length === sidecars.length &&
    sidecars.every(({ name }, index) => present[index]?.name === name);
  if (!areInPlace) {
    const removed = removals(list, present, isOurContainer);
    return [...removed, ...additions(list, spec.initContainers, [...sidecars].reverse(), '0')];
  }
  return sidecars.flatMap((value, index): Operation[] =>
    isSupersetOf(present[index], value) ? [] : [{ op: 'replace', path: `${list}/${index}`, value }],
  );
}

function metadataOperations({ metadata }: Pod, { label, status }: Wanted): readonly Operation[] {
  const labels = { [injectedLabel]: label };
  const annotations = { [annotation.status]: status };
  if (!metadata) {
    const value = { ...withKept('labels', labels), ...withKept('annotations', annotations) };
    return Object.keys(value).length === 0 ? [] : [{ op: 'add', path: '/metadata', value }];
  }
  return [
    ...entryOperations('/metadata/labels', metadata.labels, labels),
    ...entryOperations('/metadata/annotations', metadata.annotations, annotations),
  ];
}

/** Null: to be gone. */
type Entries = Readonly<Record<string, string | null>>;

const kept = (entries: Entries): Readonly<Record<string, string | null>> =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== null));

function withKept(name: string, entries: Entries): object {
  const values = kept(entries);
  return Object.keys(values).length === 0 ? {} : { [name]: values };
}

function entryOperations(
  map: string,
  present: Readonly<Record<string, string>> | null | undefined,
  entries: Entries,
): readonly Operation[] {
  if (!present) {
    const value = kept(entries);
    return Object.keys(value).length === 0 ? [] : [{ op: 'add', path: map, value }];
  }
  return Object.entries(entries).flatMap(([key, value]): Operation[] => {
    const path = `${map}/${key.replace('/', '~1')}`;
    const found = present[key];
    if (value === null) return found === undefined ? [] : [{ op: 'remove', path }];
    if (found === value) return [];
    return [{ op: found === undefined ? 'add' : 'replace', path, value }];
  });
}

/** From the end, so that no index moves before it is used. */
function removals<T>(
  list: string,
  items: readonly T[],
  unwanted: (item: T) => boolean,
): readonly Operation[] {
  return items
    .flatMap((item, index): Operation[] =>
      unwanted(item) ? [{ op: 'remove', path: `${list}/${index}` }] : [],
    )
    .reverse();
}

/** Each at `place`, or all at once where the pod has no such list: an `add` takes no parent that is not there. */
function additions(
  list: string,
  present: readonly unknown[] | null | undefined,
  values: readonly unknown[],
  place: '-' | '0',
): readonly Operation[] {
  if (values.length === 0) return [];
  if (!present) return [{ op: 'add', path: list, value: place === '0' ? [...values].reverse() : values }];
  return values.map((value) => ({ op: 'add', path: `${list}/${place}`, value }));
}
