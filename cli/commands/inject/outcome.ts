/** What became of each resource of a manifest, for the table and for programs. */
import type { Admission } from '../../../webhook/admission.js';
import { type Note, noteReasons, type SkipCode, skipReasons } from '../../../webhook/reasons.js';
import type { Resource } from '../../manifests/workloads.js';

export interface Outcome {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
  readonly result: 'injected' | 'uninjected' | 'unchanged' | 'skipped' | 'not-a-workload';
  /** Served through the sidecar. */
  readonly volumes: readonly string[];
  readonly inbound: readonly number[];
  readonly outbound: readonly number[];
  /** Of what was skipped. */
  readonly reason: { readonly code: SkipCode; readonly sentence: string } | null;
  /** What was left alone, and which annotated fault would hit nothing. */
  readonly notes: readonly string[];
}

export interface OutcomeSource {
  readonly file: string;
  readonly resource: Resource;
}

export function outcomeOf(
  admission: Admission,
  { warnings, ...source }: OutcomeSource & { readonly warnings: readonly string[] },
): Outcome {
  const notes = [...admission.notes.map(noteSentence), ...warnings];
  if (admission.kind === 'skip') {
    const { reason: code, detail } = admission;
    return plainOutcome('skipped', source, {
      reason: { code, sentence: reasonSentence(code, detail) },
      notes,
    });
  }
  const { volumes, inbound, outbound } = admission.status;
  const result = admission.patch.length > 0 ? 'injected' : 'unchanged';
  return plainOutcome(result, source, { volumes, inbound, outbound, notes });
}

export function plainOutcome(
  result: Outcome['result'],
  { file, resource: { kind, name } }: OutcomeSource,
  rest: Partial<Outcome> = {},
): Outcome {
  const nothing = { volumes: [], inbound: [], outbound: [], reason: null, notes: [] };
  return { file, kind, name, result, ...nothing, ...rest };
}

export const reasonSentence = (code: SkipCode, detail: string): string =>
  detail === '' ? skipReasons[code] : `${skipReasons[code]} (${detail})`;

export const noteSentence = ({ code, subject }: Note): string =>
  subject === '' ? noteReasons[code] : `${subject}: ${noteReasons[code]}`;
