/**
 * What becomes of a pod at its creation. Pure: the same pod, context and configuration give the same answer.
 *
 *     pod ─► as it was before us ─┬─ why not? ────────────────────────────────► skip
 *                                 └─ volumes, ports, resources ─► sidecars ─► patch
 *
 * It is asked again after other webhooks have changed the pod, and then starts from what they and the pod's author
 * wrote: admitting twice gives what admitting once gives.
 */
import { annotation, injectedLabel, injectedValue } from '../core/keys.js';
import type { Admission, AdmissionContext } from './admission.js';
import { choosePorts, type PortChoice } from './inject/choose-ports.js';
import { chooseReadOnlyPort, type ReadOnlyPortChoice } from './inject/choose-read-only-port.js';
import { type ChosenVolume, chooseVolumes } from './inject/choose-volumes.js';
import { type OriginalPod, originalMount, originalPod } from './inject/original-pod.js';
import { patchTo } from './inject/patch.js';
import { mountKey, type ReplacedFields, replacedFields, servedMount } from './inject/served-mount.js';
import { chooseResources } from './inject/sidecar-resources.js';
import { sidecarVolumes } from './inject/sidecar-volumes.js';
import { sidecars } from './inject/sidecars.js';
import { annotationBytes, skipReason } from './inject/skip-reason.js';
import type { InjectionConfig } from './injection-config.js';
import { type InjectionStatus, writeStatus } from './injection-status.js';
import { webhookLimits } from './limits.js';
import { type Pod, readPod, type VolumeMount } from './pod.js';
import type { Note, SkipCode } from './reasons.js';

/** Who injects: goes into the pod's status. */
export type Injector = Pick<InjectionStatus, 'by' | 'version'>;

export interface AdmitOptions {
  readonly context: AdmissionContext;
  readonly config: InjectionConfig;
  readonly injector: Injector;
}

/** Never throws for what a pod says. */
export function admit(value: unknown, { context, config, injector }: AdmitOptions): Admission {
  const pod = readPod(value);
  if (pod === null) return skip('malformed-pod');
  const original = originalPod(pod);
  const reason = skipReason(original, context, config);
  if (reason !== null) return skip(reason.reason, reason.detail);
  if (original.hasOurs && original.status?.by === 'hand' && injector.by === 'webhook')
    return skip('already-injected');
  return inject(pod, original, { config, injector });
}

function inject(
  pod: Pod,
  original: OriginalPod,
  { config, injector }: Pick<AdmitOptions, 'config' | 'injector'>,
): Admission {
  const choices = choose(original, config);
  const unfit = whyUnfit(choices);
  if (unfit !== null) return unfit;
  const { volumes, inbound, outbound, readOnlyPort } = choices;
  const isServed = ({ name }: VolumeMount): boolean => volumes.some((volume) => volume.name === name);
  const { replaced, notes: mountNotes } = replacedMounts(original, isServed);
  const resources = chooseResources(original, config, volumes.length);
  const label = original.labels[injectedLabel];
  const notes = boundedNotes([
    ...choices.notes,
    ...mountNotes,
    ...processNotes(original),
    ...labelNotes(label),
    ...resources.notes,
  ]);
  const status: InjectionStatus = {
    ...injector,
    image: config.image,
    volumes: volumes.map(({ name }) => name),
    inbound,
    outbound,
    ...(readOnlyPort === null ? {} : { readOnlyPort }),
    left: notes,
    ...(label === undefined ? { labelled: true } : {}),
    ...(Object.keys(replaced).length > 0 ? { replaced } : {}),
  };
  const statusText = writeStatus(status);
  if (
    annotationBytes({ ...original.annotations, [annotation.status]: statusText }) >
    webhookLimits.annotationBytes
  )
    return skip('annotations-full', '', choices.notes);
  const patch = patchTo(pod, {
    sidecars: sidecars({ volumes, inbound, outbound, readOnlyPort, resources, config }),
    volumes: sidecarVolumes(volumes, config),
    mount: (container, mount) => {
      const before = originalMount(container, mount, original.status);
      return isServed(before) ? servedMount(before) : before;
    },
    label: label ?? injectedValue,
    status: statusText,
  });
  return { kind: 'inject', patch, status, notes };
}

interface Choices extends Pick<PortChoice, 'inbound' | 'outbound'>, ReadOnlyPortChoice {
  readonly volumes: readonly ChosenVolume[];
}

function choose(original: OriginalPod, config: InjectionConfig): Choices {
  const { volumes, notes: volumeNotes } = chooseVolumes(original);
  const { inbound, outbound, notes: portNotes } = choosePorts(original);
  const { readOnlyPort, notes: readOnlyNotes } = chooseReadOnlyPort(original, { inbound }, config);
  const notes = boundedNotes([...volumeNotes, ...portNotes, ...readOnlyNotes]);
  return { volumes, inbound, outbound, readOnlyPort, notes };
}

/** Null: a sidecar serves so much, and there is something to serve. */
function whyUnfit({ volumes, inbound, outbound, notes }: Choices): Admission | null {
  const { servedVolumes, ports: mostPorts } = webhookLimits;
  if (volumes.length > servedVolumes)
    return skip('too-many-volumes', `${volumes.length} of at most ${servedVolumes}`, notes);
  const ports = Math.max(inbound.length, outbound.length);
  if (ports > mostPorts) return skip('too-many-ports', `${ports} of at most ${mostPorts}`, notes);
  if (volumes.length + inbound.length + outbound.length === 0) return skip('nothing-to-do', '', notes);
  return null;
}

interface ReplacedMounts {
  readonly replaced: Readonly<Record<string, ReplacedFields>>;
  readonly notes: readonly Note[];
}

/** What of the moved mounts is lost, to be found again in the status. */
function replacedMounts(
  { containers, initContainers }: OriginalPod,
  isServed: (mount: VolumeMount) => boolean,
): ReplacedMounts {
  const moved = [...initContainers, ...containers].flatMap((container) =>
    (container.volumeMounts ?? []).filter(isServed).map((mount) => ({ container, mount })),
  );
  const replaced = moved
    .map(({ container, mount }) => [mountKey(container.name, mount), replacedFields(mount)] as const)
    .filter(([, fields]) => Object.keys(fields).length > 0);
  const notes = moved
    .filter(({ mount }) => ['Enabled', 'IfPossible'].includes(String(mount.recursiveReadOnly)))
    .map(
      ({ container, mount }): Note => ({
        code: 'recursive-read-only',
        subject: mountKey(container.name, mount),
      }),
    );
  return { replaced: Object.fromEntries(replaced), notes };
}

/** With `shareProcessNamespace` each container finds the files of each in /proc, if it is root. */
const processNotes = ({ spec }: OriginalPod): readonly Note[] =>
  spec.shareProcessNamespace === true ? [{ code: 'shared-processes', subject: 'shareProcessNamespace' }] : [];

/** Selectors may go by what its author wrote: a controller whose pods it does not find would make more and more of them. */
const labelNotes = (label: string | undefined): readonly Note[] =>
  label === undefined || label === injectedValue ? [] : [{ code: 'label-taken', subject: label }];

/** They go into the status, which must not grow by what somebody wrote into an annotation. */
const boundedNotes = (notes: readonly Note[]): readonly Note[] =>
  notes
    .slice(0, webhookLimits.notes)
    .map(({ code, subject }) => ({ code, subject: subject.slice(0, webhookLimits.subjectLength) }));

const skip = (reason: SkipCode, detail = '', notes: readonly Note[] = []): Admission => ({
  kind: 'skip',
  reason,
  detail,
  notes,
});
