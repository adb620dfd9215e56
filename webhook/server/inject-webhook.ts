/** `/inject`: puts the sidecar into pods at their creation. */
import { injectionEnabled, injectionLabel } from '../../core/keys.js';
import type { Admission, AdmissionContext } from '../admission.js';
import { admit, type Injector } from '../admit.js';
import type { InjectionConfig } from '../injection-config.js';
import { allowed, patched } from './answer.js';
import type { Review } from './review.js';
import type { ReviewResult, Webhook } from './review-result.js';
import { admissionWarnings, bounded } from './warnings.js';

export interface InjectOptions {
  readonly config: InjectionConfig;
  readonly injector: Injector;
  readonly context: AdmissionContextOf;
}

/** At once where the namespace is known, which is nearly always. */
export type AdmissionContextOf = (
  namespace: string,
) => AdmissionContext | null | Promise<AdmissionContext | null>;

export function injectWebhook({ config, injector, context: lookUp }: InjectOptions): Webhook {
  const judge = ({ object, namespace }: Review, known: AdmissionContext | null): ReviewResult => {
    const context = known ?? guaranteed(namespace);
    const admission = admit(object, { context, config, injector });
    return verdictOf(known === null && admission.kind === 'inject' ? unknownNamespace : admission);
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

function verdictOf(admission: Admission): ReviewResult {
  const warnings = admissionWarnings(admission);
  const notes = admission.notes.map(({ code }) => code);
  if (admission.kind === 'inject') {
    return {
      answer: patched(admission.patch, warnings),
      outcome: 'injected',
      reason: '',
      notes,
      isNews: true,
    };
  }
  const { reason } = admission;
  return { answer: allowed(warnings), outcome: 'skipped', reason, notes, isNews: reason !== 'not-asked' };
}

/** Somebody registered the webhook for more than it is for: not a reason to keep them from what they do. */
export const misdirected = ({ operation, resource }: Review): ReviewResult => ({
  answer: allowed(
    bounded([`havock8s was asked about ${operation} of ${resource}, which its webhooks are not for`]),
  ),
  outcome: 'skipped',
  reason: 'misdirected',
  isNews: true,
});
