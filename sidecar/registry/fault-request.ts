/**
 * What a source says of one name: the fault its sentence describes, or why there is none. A sentence in which
 * anything is wrong, or that no applier here can carry out, is refused whole.
 */
import type { Fault } from '../../faults/fault.js';
import { format } from '../../faults/format.js';
import { parse } from '../../faults/parse.js';
import type { Problem } from '../../faults/problem.js';
import type { FaultApplier } from './fault-applier.js';

/** The first that has something to say of a name is heard; see `FaultRegistry`. */
export const sources = ['annotation', 'control', 'local'] as const;
export type Source = (typeof sources)[number];

export interface FaultRequest {
  readonly source: Source;
  readonly name: string;
  readonly validated: ValidatedFault;
}

export type ValidatedFault =
  /** `sentence` is canonical: other white space is the same fault. */
  | { readonly kind: 'fault'; readonly sentence: string; readonly fault: Fault }
  /** `sentence` is as written. */
  | { readonly kind: 'refused'; readonly sentence: string; readonly problems: readonly FaultProblem[] };

/** A problem of the sentence, or of what is asked though the sentence is right. */
export type FaultProblem = Omit<Problem, 'code'> & { readonly code: Problem['code'] | FaultProblemCode };

export type FaultProblemCode = 'torn-annotation' | 'no-plane' | 'plane-refuses' | 'too-many-faults';

/** A null sentence is one that could not be read. */
export function validateSentence(sentence: string | null, appliers: readonly FaultApplier[]): ValidatedFault {
  if (sentence === null) {
    return refused('', 'torn-annotation', 'the line of this annotation is not a whole quoted string');
  }
  const parsed = parse(sentence);
  if (parsed.kind === 'problems') return { kind: 'refused', sentence, problems: parsed.problems };
  return validateFault(sentence, parsed.fault, appliers);
}

function validateFault(sentence: string, fault: Fault, appliers: readonly FaultApplier[]): ValidatedFault {
  const applier = appliers.find(({ name }) => name === fault.plane);
  if (applier === undefined) {
    return refused(
      sentence,
      'no-plane',
      `${fault.plane} ${fault.effect.kind}: this sidecar has no ${fault.plane} plane`,
    );
  }
  const refusal = applier.refusal(fault);
  return refusal === null
    ? { kind: 'fault', sentence: format(fault), fault }
    : refused(sentence, 'plane-refuses', refusal);
}

function refused(sentence: string, code: FaultProblemCode, message: string): ValidatedFault {
  return { kind: 'refused', sentence, problems: [wholeSentence(sentence, code, message)] };
}

/** A problem that no single word of the sentence has. */
export function wholeSentence(sentence: string, code: FaultProblemCode, message: string): FaultProblem {
  return { code, message, column: 1, length: Math.max(1, sentence.length), found: sentence };
}
