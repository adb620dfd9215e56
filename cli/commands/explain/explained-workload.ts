/**
 * What the webhook would do to the pods of a workload, and why, as data.
 *
 *     pod ─► admit, as the webhook ─► injected | skipped, why
 *         └► admit, as if asked ────► volumes, mounts, ports, resources: also of what nobody asked for yet
 */

import { isDeepStrictEqual } from 'node:util';
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { valueAt } from '../../../core/json.js';
import { annotation, injectionEnabled, injectionLabel } from '../../../core/keys.js';
import { programVersion } from '../../../core/program-version.js';
import { explain } from '../../../faults/explain.js';
import { format } from '../../../faults/format.js';
import type { Admission, AdmissionContext } from '../../../webhook/admission.js';
import { admit } from '../../../webhook/admit.js';
import { judgeFaults } from '../../../webhook/faults/judge-faults.js';
import type { InjectionConfig } from '../../../webhook/injection-config.js';
import { readStatus } from '../../../webhook/injection-status.js';
import type { Container, Pod, VolumeMount } from '../../../webhook/pod.js';
import type { SkipCode } from '../../../webhook/reasons.js';
import { uninject } from '../../../webhook/uninject.js';
import { faultsOf } from '../inject/fault-problems.js';
import { noteSentence, reasonSentence } from '../inject/outcome.js';

export interface ExplainedWorkload {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** `would-be`: nothing speaks against it but that nobody asked; `already`: injected by hand. */
  readonly verdict: 'injected' | 'would-be' | 'already' | 'skipped';
  readonly reason: Reason | null;
  /** What would stand in the way of a sidecar that somebody asked for; null: nothing, or that is the reason already. */
  readonly obstacle: Reason | null;
  /** Null where it is skipped. */
  readonly injection: ExplainedInjection | null;
  readonly faults: readonly {
    readonly name: string;
    readonly sentence: string;
    readonly explanation: string;
  }[];
  readonly warnings: readonly string[];
}

export interface Reason {
  readonly code: SkipCode;
  readonly sentence: string;
}

export interface ExplainedInjection {
  readonly volumes: readonly string[];
  readonly mounts: readonly RewrittenMount[];
  readonly inbound: readonly number[];
  readonly outbound: readonly number[];
  readonly sidecars: readonly {
    readonly name: string;
    readonly image: string;
    readonly resources: unknown;
  }[];
  /** Volumes and such that are as they were, and why. */
  readonly left: readonly string[];
}

export interface RewrittenMount {
  readonly container: string;
  readonly from: VolumeMount;
  readonly to: VolumeMount;
}

export interface ExplainOptions {
  readonly kind: string;
  readonly name: string;
  readonly context: AdmissionContext;
  readonly config: InjectionConfig;
}

/** `pod` may be a template, with the volumes that its controller adds. */
export function explainWorkload(
  pod: unknown,
  { kind, name, context, config }: ExplainOptions,
): ExplainedWorkload {
  const injector = { by: 'webhook', version: programVersion() } as const;
  const admission = admit(pod, { context, config, injector });
  const isUnasked = admission.kind === 'skip' && unasked.includes(admission.reason);
  const asked = admission.kind === 'inject' || isUnasked ? asIfAsked(pod, { context, config }) : null;
  const injected = asked?.kind === 'injected' ? asked : null;
  const judgement = judgeFaults({ object: injected?.pod ?? pod, oldObject: null });
  return {
    kind,
    name,
    namespace: context.namespace,
    ...verdictOn(pod, admission, injected !== null),
    obstacle: asked?.kind === 'obstructed' ? asked.reason : null,
    injection: injected?.injection ?? null,
    faults: faultsOf(pod).map(({ name: fault, fault: value }) => ({
      name: fault,
      sentence: format(value),
      explanation: explain(value),
    })),
    warnings: judgement.kind === 'allow' ? judgement.warnings : [],
  };
}

function verdictOn(
  pod: unknown,
  admission: Admission,
  isInjectable: boolean,
): Pick<ExplainedWorkload, 'verdict' | 'reason'> {
  const status = valueAt(pod, ['metadata', 'annotations', annotation.status]);
  const isByHand = typeof status === 'string' && readStatus(status)?.by === 'hand';
  if (isByHand && isInjectable) return { verdict: 'already', reason: because('already-injected') };
  if (admission.kind === 'inject') return { verdict: 'injected', reason: null };
  const reason = because(admission.reason, admission.detail);
  return { verdict: isInjectable ? 'would-be' : 'skipped', reason };
}

const because = (code: SkipCode, detail = ''): Reason => ({ code, sentence: reasonSentence(code, detail) });

/** What would not keep anybody who asked. */
const unasked: readonly SkipCode[] = ['not-asked', 'namespace-not-enabled', 'already-injected'];

type AsIfAsked =
  | { readonly kind: 'injected'; readonly pod: Pod; readonly injection: ExplainedInjection }
  | { readonly kind: 'obstructed'; readonly reason: Reason };

function asIfAsked(pod: unknown, { context, config }: Pick<ExplainOptions, 'context' | 'config'>): AsIfAsked {
  const admission = admit(pod, {
    context: { ...context, labels: { ...context.labels, [injectionLabel]: injectionEnabled } },
    config: { ...config, podSelector: {} },
    injector: { by: 'hand', version: programVersion() },
  });
  if (admission.kind === 'skip')
    return { kind: 'obstructed', reason: because(admission.reason, admission.detail) };
  // What was admitted was read as a pod before.
  const [before, after] = [patched(pod, uninject(pod) ?? []) as Pod, patched(pod, admission.patch) as Pod];
  const { volumes, inbound, outbound } = admission.status;
  const sidecars = (after.spec.initContainers ?? []).filter(
    ({ name }) => !containersOf(before).some((one) => one.name === name),
  );
  const noted = admission.notes.map(({ subject }) => subject);
  const others = (before.spec.volumes ?? []).filter(
    ({ name }) => !volumes.includes(name) && !noted.includes(name),
  );
  return {
    kind: 'injected',
    pod: after,
    injection: {
      volumes,
      mounts: containersOf(before).flatMap((container) => mountsOf(container, after)),
      inbound,
      outbound,
      sidecars: sidecars.map(({ name, resources, ...rest }) => ({
        name,
        image: String(Reflect.get(rest, 'image')),
        resources,
      })),
      left: [
        ...admission.notes.map(noteSentence),
        ...others.map(
          ({ name }) => `${name}: no claim that a container mounts, and havock8s.io/volumes does not name it`,
        ),
      ],
    },
  };
}

const patched = (pod: unknown, patch: readonly Operation[]): unknown =>
  fastJsonPatch.applyPatch<unknown>(structuredClone(pod), patch).newDocument;

const containersOf = ({ spec }: Pod): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

function mountsOf({ name, volumeMounts }: Container, after: Pod): readonly RewrittenMount[] {
  const now = containersOf(after).find((container) => container.name === name)?.volumeMounts ?? [];
  return (volumeMounts ?? []).flatMap((from, index) => {
    const to = now[index];
    return to === undefined || isDeepStrictEqual(from, to) ? [] : [{ container: name, from, to }];
  });
}
