/**
 * The webhook as it is often written: inject into a copy of the pod, and have fast-json-patch find out what has changed.
 * Everything else is as in ours.
 */
import fastJsonPatch from 'fast-json-patch';
import { admit } from '../../../webhook/admit.js';
import { patched } from '../../../webhook/server/answer.js';
import type { InjectOptions } from '../../../webhook/server/inject-webhook.js';
import type { Webhook } from '../../../webhook/server/review-result.js';
import { admissionWarnings } from '../../../webhook/server/warnings.js';

const { applyPatch, compare, deepClone } = fastJsonPatch;

export function compareWebhook({ config, injector, context }: InjectOptions): Webhook {
  return async ({ object, namespace }) => {
    const known = await context(namespace);
    if (known === null) throw new TypeError('the bench knows its namespace');
    const admission = admit(object, { context: known, config, injector });
    if (admission.kind === 'skip')
      throw new TypeError(`the bench injects its pods, not: ${admission.reason}`);
    const injected = applyPatch(deepClone(object), admission.patch).newDocument;
    return {
      answer: patched(compare(object as object, injected), admissionWarnings(admission)),
      outcome: 'injected',
      reason: '',
      notes: [],
      isNews: true,
    };
  };
}
