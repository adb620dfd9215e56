/** Whether a pod is to be injected, before it is looked at what with. */
import { annotation, injectionEnabled, injectionLabel } from '../../core/keys.js';
import { selects } from '../../kube/label-selector.js';
import type { AdmissionContext } from '../admission.js';
import type { InjectionConfig } from '../injection-config.js';
import { webhookLimits } from '../limits.js';
import type { Container } from '../pod.js';
import type { SkipCode } from '../reasons.js';
import { isOurContainer, isOurVolume, type OriginalPod, originalMount } from './original-pod.js';

export interface SkipReason {
  readonly reason: SkipCode;
  /** What was found, where the reason alone does not say; else ''. */
  readonly detail: string;
}

/** The annotation that a kubelet puts on the mirror of a static pod. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';
const enforceLabel = 'pod-security.kubernetes.io/enforce';
const firstMinorWithSidecars = 29;

/** Null: nothing speaks against it. Whether it was asked for comes first, since nobody wants to hear of the rest else. */
export function skipReason(
  pod: OriginalPod,
  context: AdmissionContext,
  config: InjectionConfig,
): SkipReason | null {
  return unasked(pod, context, config) ?? whyImpossible(pod, context, config);
}

function unasked(
  { annotations, labels }: OriginalPod,
  context: AdmissionContext,
  { podSelector }: InjectionConfig,
): SkipReason | null {
  const asked = annotations[annotation.inject];
  if (asked === 'false') return because('refused');
  if (asked === undefined && (podSelector === null || !selects(podSelector, labels)))
    return because('not-asked');
  if (asked !== undefined && asked !== 'true') return because('bad-inject', JSON.stringify(asked));
  if (context.labels[injectionLabel] !== injectionEnabled) return because('namespace-not-enabled');
  return null;
}

function whyImpossible(
  pod: OriginalPod,
  { labels, minor }: AdmissionContext,
  { podSecurityDefault }: InjectionConfig,
): SkipReason | null {
  const { annotations, spec, status, hasOurs } = pod;
  if (mirrorAnnotation in annotations) return because('mirror-pod');
  if (hasOurs && status === null) return because('already-injected');
  if (minor !== null && minor < firstMinorWithSidecars) return because('old-kubernetes', `1.${minor}`);
  if (spec.os?.name === 'windows' || spec.nodeSelector?.['kubernetes.io/os'] === 'windows')
    return because('windows');
  if (spec.hostNetwork === true) return because('host-network');
  if (spec.hostUsers === false) return because('user-namespace');
  const misfit = whyMisfit(pod);
  if (misfit !== null) return misfit;
  // Neither NET_ADMIN nor a privileged container passes below this level; a level nobody knows counts as the strictest.
  const level = labels[enforceLabel] ?? podSecurityDefault;
  return level === 'privileged' ? null : because('pod-security', `the level is ${level}`);
}

/** With the sidecars in it the API server would refuse it, or it could reach through their volumes past them. */
function whyMisfit({
  annotations,
  spec,
  containers,
  initContainers,
  volumes,
  status,
}: OriginalPod): SkipReason | null {
  const all = [...initContainers, ...containers];
  const mounts = all.reduce((sum, { volumeMounts }) => sum + (volumeMounts?.length ?? 0), 0);
  if (all.length > webhookLimits.containers || volumes.length > webhookLimits.volumes)
    return because('too-large');
  if (mounts > webhookLimits.mounts) return because('too-large', `${mounts} mounts`);
  if (annotationBytes(annotations) > webhookLimits.annotationBytes) return because('annotations-full');
  const taken = containers.find(isOurContainer);
  if (taken !== undefined) return because('name-taken', taken.name);
  const names = new Set(volumes.map(({ name }) => name));
  const reachesOurs = (container: Container): boolean =>
    !isOurContainer(container) &&
    (container.volumeMounts ?? []).some((mount) => {
      const before = originalMount(container, mount, status);
      // What is served of a claim has the claim's name here; anything else of ours is a mount of the volume itself.
      return isOurVolume({ name: before.name }) || (before !== mount && !names.has(before.name));
    });
  const intruder = [...(spec.initContainers ?? []), ...spec.containers].find(reachesOurs);
  return intruder === undefined ? null : because('mounts-ours', intruder.name);
}

/** As the API server counts them. */
export const annotationBytes = (annotations: Readonly<Record<string, string>>): number =>
  Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );

const because = (reason: SkipCode, detail = ''): SkipReason => ({ reason, detail });
