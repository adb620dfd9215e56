/** Services in front of a target's pods: how many of its pods get the traffic of each. */
import type { KubeObject } from '../../../kube/kube-object.js';
import type { Endpoint } from './node/pod-objects.js';

/** A part of a Service's endpoints. */
export interface ServedPods {
  readonly service: string;
  /** UIDs of those that get its traffic. */
  readonly pods: readonly string[];
}

const serviceLabel = 'kubernetes.io/service-name';

/** Null where it is of no Service. */
export function servedPods(object: KubeObject): ServedPods | null {
  const service = object.metadata.labels?.[serviceLabel];
  if (service === undefined) return null;
  const { endpoints = [] } = object as KubeObject & { readonly endpoints?: readonly Endpoint[] | null };
  const pods = (endpoints ?? []).flatMap(({ conditions, targetRef }) =>
    conditions?.ready === false || targetRef?.uid === undefined ? [] : [targetRef.uid],
  );
  return { service, pods };
}

/** By the name of the Service; one with none of these pods is not there. A pod has an endpoint for each family of addresses. */
export function trafficOf(
  served: readonly ServedPods[],
  pods: readonly { readonly uid: string }[],
): ReadonlyMap<string, number> {
  const uids = new Set(pods.map(({ uid }) => uid));
  const byService = new Map<string, Set<string>>();
  for (const { service, pods: all } of served)
    for (const uid of all)
      if (uids.has(uid)) byService.set(service, (byService.get(service) ?? new Set()).add(uid));
  return new Map([...byService].map(([service, found]) => [service, found.size]));
}

/** Does each Service lead to as many as before? */
export const isServedAsBefore = (
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): boolean => [...before].every(([service, count]) => (now.get(service) ?? 0) >= count);
