/**
 * The class of a pod by the rule of Kubernetes (ComputePodQOS), written down apart from the code that keeps it. What
 * the pod has as a whole decides where there is such a thing.
 */
import { readQuantity } from '../../../webhook/inject/quantity.js';
import type { CheckedContainer, CheckedPod } from './pod-rules.js';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

export function qosClass({ spec }: CheckedPod): QosClass {
  const { resources, containers, initContainers = [] } = spec;
  const counted = resources === undefined ? [...containers, ...initContainers] : [{ resources }];
  const all = counted.map(defaulted);
  const amounts = all.flatMap(({ requests, limits }) => [requests, limits]);
  if (amounts.every(({ cpu, memory }) => cpu === 0 && memory === 0)) return 'BestEffort';
  const isGuaranteed = all.every(({ requests, limits }) =>
    (['cpu', 'memory'] as const).every((name) => limits[name] > 0 && requests[name] === limits[name]),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

/** The API server makes a limit the request where there is none. */
function defaulted({ resources = {} }: Pick<CheckedContainer, 'resources'>) {
  const { requests = {}, limits = {} } = resources;
  const amount = (of: Readonly<Record<string, unknown>>, name: string): number => readQuantity(of[name]) ?? 0;
  const both = (of: Readonly<Record<string, unknown>>) => ({
    cpu: amount(of, 'cpu'),
    memory: amount(of, 'memory'),
  });
  return { requests: both({ ...limits, ...requests }), limits: both(limits) };
}
