/** What is so of an object at one moment, as far as losing a node is about it: each by a key, with when it became so. */
import { assertNever } from '../../../../core/assert-never.js';
import { type Condition, isReady, type Node } from './node-objects.js';
import { type EndpointSlice, keyOfPod, type Pod, type VolumeAttachment } from './pod-objects.js';

export type Seen = SeenObject & {
  readonly isDeleted?: boolean;
  /** It was not there when the watching began. */
  readonly isNew?: boolean;
};

type SeenObject =
  | { readonly kind: 'node'; readonly object: Node }
  | { readonly kind: 'pod'; readonly object: Pod }
  | { readonly kind: 'attachment'; readonly object: VolumeAttachment }
  | { readonly kind: 'endpoints'; readonly object: EndpointSlice };

export interface Mark {
  readonly kind:
    | 'ready'
    | 'not-ready'
    | 'tainted'
    | 'cordoned'
    | 'disrupted'
    | 'deleted'
    | 'scheduled'
    | 'attached'
    | 'endpoint-added'
    | 'endpoint-not-ready';
  /** Another value of the same key is told again. */
  readonly value: string;
  readonly message: string;
  readonly stampedMs: number | null;
  /** Of a deletion: when the object is to be gone. */
  readonly dueMs?: number;
}

type Marks = ReadonlyMap<string, Mark>;

/** A pod that takes the name of another is another. */
export function nameOfSeen({ kind, object }: Seen): { readonly key: string; readonly subject: string } {
  const name = object.metadata.namespace === undefined ? object.metadata.name : keyOfPod(object);
  return { key: `${kind} ${object.metadata.uid ?? name}`, subject: `${kind} ${name}` };
}

export function marksOf(seen: Seen): Marks {
  switch (seen.kind) {
    case 'node':
      return new Map([
        readiness(seen.object.status?.conditions, isReady(seen.object)),
        ...nodeMarks(seen.object),
      ]);
    case 'pod':
      return new Map(podMarks(seen.object));
    case 'attachment':
      return new Map(attachmentMarks(seen.object));
    case 'endpoints':
      return new Map(endpointMarks(seen.object));
    default:
      return assertNever(seen);
  }
}

type Entry = readonly [string, Mark];

const mark = (key: string, kind: Mark['kind'], message: string, stamp?: string): Entry => [
  key,
  { kind, value: `${kind} ${message}`, message, stampedMs: stamp === undefined ? null : Date.parse(stamp) },
];

function readiness(conditions: readonly Condition[] = [], ready: boolean): Entry {
  const { reason = '', lastTransitionTime } = conditions.find(({ type }) => type === 'Ready') ?? {};
  return mark(
    'ready',
    ready ? 'ready' : 'not-ready',
    ready ? 'is Ready' : `is not Ready: ${reason}`,
    lastTransitionTime,
  );
}

function nodeMarks({ spec }: Node): readonly Entry[] {
  const taints = (spec?.taints ?? []).map(({ key, value, effect, timeAdded }) => {
    const text = `${key}${value === undefined ? '' : `=${value}`}:${effect}`;
    return mark(`taint ${text}`, 'tainted', `has the taint ${text}`, timeAdded);
  });
  return spec?.unschedulable ? [...taints, mark('cordon', 'cordoned', 'is cordoned')] : taints;
}

function podMarks({ spec, status, metadata }: Pod): readonly Entry[] {
  const conditions = status?.conditions ?? [];
  const is = (type: string) => conditions.find((found) => found.type === type && found.status === 'True');
  const [scheduled, disrupted] = [is('PodScheduled'), is('DisruptionTarget')];
  const { deletionTimestamp } = metadata;
  return [
    ...(spec?.nodeName === undefined
      ? []
      : [mark('scheduled', 'scheduled', `is on node ${spec.nodeName}`, scheduled?.lastTransitionTime)]),
    ...(conditions.some(({ type }) => type === 'Ready')
      ? [readiness(conditions, is('Ready') !== undefined)]
      : []),
    ...(disrupted === undefined
      ? []
      : [mark('disrupted', 'disrupted', `is to go: ${disrupted.reason}`, disrupted.lastTransitionTime)]),
    ...(deletionTimestamp === undefined ? [] : [deletion(deletionTimestamp)]),
  ];
}

/** The API server writes down when it is to be gone: that is when it was asked, and its grace. */
function deletion(timestamp: string): Entry {
  const [key, said] = mark('deleted', 'deleted', `is to be gone by ${timestamp}`);
  return [key, { ...said, value: 'deleted', dueMs: Date.parse(timestamp) }];
}

function attachmentMarks({ spec, status }: VolumeAttachment): readonly Entry[] {
  if (status?.attached !== true) return [];
  const { source, nodeName } = spec ?? {};
  return [
    mark('attached', 'attached', `volume ${source?.persistentVolumeName} is attached to node ${nodeName}`),
  ];
}

/** Ready for traffic or not: an endpoint that is there and not ready gets none. */
function endpointMarks({ endpoints = [] }: EndpointSlice): readonly Entry[] {
  return endpoints.map(({ addresses: [address] = [], nodeName, conditions = {}, targetRef }) => {
    const whose = `${targetRef?.name ?? address} at ${address} on node ${nodeName}`;
    return conditions.ready === false
      ? mark(`endpoint ${targetRef?.uid ?? address}`, 'endpoint-not-ready', `${whose} gets no traffic`)
      : mark(`endpoint ${targetRef?.uid ?? address}`, 'endpoint-added', `${whose} gets traffic`);
  });
}
