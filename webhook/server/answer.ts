/** What is answered to the API server, from constructors, so that no answer is half of one and half of another. */
import type { Operation } from 'fast-json-patch';

/** `AdmissionResponse` without its uid. */
export interface Answer {
  readonly allowed: boolean;
  /** Base64 of a JSON Patch; an empty one, and its type without it, would be refused. */
  readonly patch?: string;
  readonly patchType?: 'JSONPatch';
  readonly warnings?: readonly string[];
  readonly status?: {
    readonly code: number;
    readonly reason: string;
    readonly message: string;
  };
}

export const allowed = (warnings: readonly string[] = []): Answer => ({ allowed: true, ...warned(warnings) });

/** Invalid as a ValidatingAdmissionPolicy has it: whoever asks again with the same object gets the same answer. */
export const denied = (message: string): Answer => ({
  allowed: false,
  status: { code: 422, reason: 'Invalid', message },
});

export function patched(patch: readonly Operation[], warnings: readonly string[] = []): Answer {
  if (patch.length === 0) return allowed(warnings);
  const base64 = Buffer.from(JSON.stringify(patch)).toString('base64');
  return { allowed: true, patch: base64, patchType: 'JSONPatch', ...warned(warnings) };
}

/** The AdmissionReview around it, as JSON. */
export const writeReview = (uid: string, answer: Answer): string =>
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid, ...answer },
  });

const warned = (warnings: readonly string[]): Pick<Answer, 'warnings'> =>
  warnings.length === 0 ? {} : { warnings };
