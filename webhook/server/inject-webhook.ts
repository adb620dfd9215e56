/** `/inject`: puts the sidecar into pods at their creation. */
import { injectionEnabled, injectionLabel } from '../../core/keys.js';
import { type EmergencyStop, stopText } from '../../kube/emergency-stop.js';
import type { Admission, AdmissionContext } from '../admission.js';
import { admit, type Injector } from '../admit.js';
import { type DroppedFaults, dropFaults } from '../inject/drop-faults.js';
import type { InjectionConfig } from '../injection-config.js';
import { allowed, patched } from './answer.js';
import type { Review } from './review.js';
import type { ReviewResult, Webhook } from './review-result.js';
import { admissionWarnings, bounded } from './warnings.js';

export interface InjectOptions {
  readonly config: InjectionConfig;
  readonly injector: Injector;
  readonly context: AdmissionContextOf;
  /** Null: nothing is stopped, as far as is known. */
  readonly stop: () => EmergencyStop | null;
}

/** At once where the namespace is known, which is nearly always. */
export type AdmissionContextOf = (
  namespace: string,
) => AdmissionContext | null | Promise<AdmissionContext | null>;

export function injectWebhook({ config, injector, context: lookUp, stop }: InjectOptions): Webhook {
  const judge = (review: Review, known: AdmissionContext | null): ReviewResult => {
    const context = known ?? guaranteed(review.namespace);
    const stopped = stop();
    const { object, ...dropped } =
      stopped === null ? nothingDropped(review.object) : dropFaults(review.object);
    const admission = admit(object, { context, config, injector });
    const told = known === null && admission.kind === 'inject' ? unknownNamespace : admission;
    return verdictOf(told, { ...dropped, stop: stopped });
  };
  return (review) => {
    if (!review.isPod || review.resource !== 'pods' || review.operation !== 'CREATE')
      return misdirected(review);
    const context = lookUp(review.namespace);
    if (!(context instanceof Promise)) return judge(review, context);
    return context.then((known) => judge(review, known));
  };
}

/** What the `namespaceSelector` of the webhook says of any namespace: enough to say why not. */
const guaranteed = (namespace: string): AdmissionContext => ({
  namespace,
  labels: { [injectionLabel]: injectionEnabled },
  minor: null,
});

/** Its Pod Security level may forbid the sidecar, and then the pod would not be created at all. */
const unknownNamespace: Admission = { kind: 'skip', reason: 'unknown-namespace', detail: '', notes: [] };

const nothingDropped = (object: unknown): DroppedFaults => ({ object, patch: [], faults: [] });

interface Dropped extends Omit<DroppedFaults, 'object'> {
  readonly stop: EmergencyStop | null;
}

function verdictOf(admission: Admission, dropped: Dropped): ReviewResult {
  const warnings = [...droppedWarnings(dropped), ...admissionWarnings(admission)];
  const notes = admission.notes.map(({ code }) => code);
  const isInjected = admission.kind === 'inject';
  const patch = isInjected ? [...dropped.patch, ...admission.patch] : dropped.patch;
  const answer = patched(patch, bounded(warnings));
  if (isInjected) return { answer, outcome: 'injected', reason: '', notes, isNews: true };
  const { reason } = admission;
  return { answer, outcome: 'skipped', reason, notes, isNews: reason !== 'not-asked' };
}

const droppedWarnings = ({ faults, stop }: Dropped): readonly string[] =>
  stop === null || faults.length === 0
    ? []
    : [
        `havock8s is stopped ${stopText(stop)}; this pod is created without its ${faults.length === 1 ? 'fault' : 'faults'} ${faults.join(', ')}`,
      ];

/** Somebody registered the webhook for more than it is for: not a reason to keep them from what they do. */
export const misdirected = ({ operation, resource }: Review): ReviewResult => ({
  answer: allowed(
    bounded([`havock8s was asked about ${operation} of ${resource}, which its webhooks are not for`]),
  ),
  outcome: 'skipped',
  reason: 'misdirected',
  isNews: true,
});
