/** What Kubernetes promises a pod, by its own rule (ComputePodQOS), and what of that a sidecar must not spoil. */
import type { Container, ResourceRequirements } from '../pod.js';
import type { OriginalPod } from './original-pod.js';
import { readQuantity } from './quantity.js';

export type ResourceName = 'cpu' | 'memory';

export interface QualityOfService {
  /** Every container has limits of both, and its requests are these limits. */
  readonly isGuaranteed: boolean;
  /** Every container has a limit of it: a quota of the namespace may ask for one. */
  readonly limited: Readonly<Record<ResourceName, boolean>>;
  /** The pod has requests or limits as a whole, within which every container's must stay. */
  readonly isOfWholePod: boolean;
}

export function qualityOfService({ spec, containers, initContainers }: OriginalPod): QualityOfService {
  const all = [...containers, ...initContainers];
  const isLimited = (name: ResourceName): boolean =>
    all.every((container) => isSet(limitOf(container, name)));
  return {
    isGuaranteed: all.every((container) => names.every((name) => isGuaranteed(container, name))),
    limited: { cpu: isLimited('cpu'), memory: isLimited('memory') },
    isOfWholePod: hasAny(spec.resources),
  };
}

const names: readonly ResourceName[] = ['cpu', 'memory'];

const limitOf = ({ resources }: Container, name: ResourceName): number | null =>
  readQuantity(resources?.limits?.[name]);

/** A request that is not given is the limit, as the API server has it. */
function isGuaranteed(container: Container, name: ResourceName): boolean {
  const limit = limitOf(container, name);
  const request = container.resources?.requests?.[name];
  return isSet(limit) && (request === undefined || request === null || readQuantity(request) === limit);
}

const isSet = (quantity: number | null): boolean => quantity !== null && quantity > 0;

const hasAny = (resources: ResourceRequirements | null | undefined): boolean =>
  [resources?.requests, resources?.limits].some((amounts) => Object.keys(amounts ?? {}).length > 0);
