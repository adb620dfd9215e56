/** A pod as the checks see it. */

import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import { type InjectionStatus, readStatus } from '../../../webhook/injection-status.js';
import { instantAt, listAt, nameOf, numberAt, textAt, textsAt } from './objects.js';

export interface SeenPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string | null;
  readonly phase: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly createdMs: number | null;
  /** When its grace is over; null: it is not being deleted. */
  readonly dueMs: number | null;
  /** Null: it was not injected. */
  readonly injection: InjectionStatus | null;
  readonly sidecars: readonly SeenSidecar[];
  /** As the API server gave it. */
  readonly object: unknown;
}

export interface SeenSidecar {
  readonly name: string;
  /** Is it a native one? */
  readonly isNative: boolean;
  readonly isStarted: boolean;
  readonly restarts: number;
  /** Why it does not run, and what the kubelet says. */
  readonly waiting: { readonly reason: string; readonly message: string } | null;
  /** How it ended the last time. */
  readonly ended: { readonly reason: string; readonly code: number | null } | null;
}

/** Null where it has no name: it is none then. */
export function seenPod(object: unknown): SeenPod | null {
  const name = nameOf(object);
  if (name === '') return null;
  const annotations = textsAt(object, ['metadata', 'annotations']);
  return {
    namespace: textAt(object, ['metadata', 'namespace']) ?? '',
    name,
    uid: textAt(object, ['metadata', 'uid']) ?? '',
    node: textAt(object, ['spec', 'nodeName']),
    phase: textAt(object, ['status', 'phase']) ?? 'Unknown',
    annotations,
    createdMs: instantAt(object, ['metadata', 'creationTimestamp']),
    dueMs: instantAt(object, ['metadata', 'deletionTimestamp']),
    injection: readStatus(annotations[annotation.status]),
    sidecars: [...listAt(object, ['spec', 'initContainers']), ...listAt(object, ['spec', 'containers'])]
      .filter((container) => ourContainers.has(textAt(container, ['name']) ?? ''))
      .map((container) => seenSidecar(container, object)),
    object,
  };
}

const ourContainers: ReadonlySet<string> = new Set(Object.values(sidecar));

function seenSidecar(container: unknown, pod: unknown): SeenSidecar {
  const name = textAt(container, ['name']) ?? '';
  const statuses = [
    ...listAt(pod, ['status', 'initContainerStatuses']),
    ...listAt(pod, ['status', 'containerStatuses']),
  ];
  const status = statuses.find((one) => textAt(one, ['name']) === name);
  const reason = textAt(status, ['state', 'waiting', 'reason']);
  const endings = [
    ['state', 'terminated'],
    ['lastState', 'terminated'],
  ] as const;
  const ending = endings.find((path) => numberAt(status, [...path, 'exitCode']) !== null);
  return {
    name,
    isNative: textAt(container, ['restartPolicy']) === 'Always',
    isStarted: status !== undefined && Reflect.get(Object(status), 'started') === true,
    restarts: numberAt(status, ['restartCount']) ?? 0,
    waiting:
      reason === null ? null : { reason, message: textAt(status, ['state', 'waiting', 'message']) ?? '' },
    ended:
      ending === undefined
        ? null
        : {
            reason: textAt(status, [...ending, 'reason']) ?? '',
            code: numberAt(status, [...ending, 'exitCode']),
          },
  };
}

/** Has it run to its end? */
export const isOver = ({ phase }: SeenPod): boolean => phase === 'Succeeded' || phase === 'Failed';

/** For a command of kubectl. */
export const podWords = ({ namespace, name }: SeenPod): string => `pod ${name} -n ${namespace}`;
export const subjectOf = ({ namespace, name }: SeenPod): string => `${namespace}/${name}`;
