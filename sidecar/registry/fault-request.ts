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

export type FaultRequest = AcceptedRequest | RefusedRequest;

export interface AcceptedRequest {
  readonly kind: 'fault';
  readonly source: Source;
  readonly name: string;
  /** Canonical: other white space is the same fault. */
  readonly sentence: string;
  readonly fault: Fault;
}

export interface RefusedRequest {
  readonly kind: 'refused';
  readonly source: Source;
  readonly name: string;
  /** As written. */
  readonly sentence: string;
  readonly problems: readonly FaultProblem[];
}

/** A problem of the sentence, or of what is asked though the sentence is right. */
export type FaultProblem = Omit<Problem, 'code'> & { readonly code: Problem['code'] | FaultProblemCode };

export type FaultProblemCode = 'torn-annotation' | 'no-plane' | 'plane-refuses' | 'too-many-faults';

/** One fault as a source says it. */
export interface Said {
  readonly source: Source;
  readonly name: string;
  /** Null: it could not be read. */
  readonly sentence: string | null;
}

export function faultRequest(said: Said, appliers: readonly FaultApplier[]): FaultRequest {
  const { source, name, sentence } = said;
  const refused = (problems: readonly FaultProblem[]): RefusedRequest => ({
    ...{ kind: 'refused', source, name, problems },
    sentence: sentence ?? '',
  });
  if (sentence === null) {
    const message = 'the line of this annotation is not a whole quoted string';
    return refused([wholeSentence('', 'torn-annotation', message)]);
  }
  const parsed = parse(sentence);
  if (parsed.kind === 'problems') return refused(parsed.problems);
  const { fault } = parsed;
  const misfit = misfitOf(sentence, fault, appliers);
  return misfit === null
    ? { kind: 'fault', source, name, sentence: format(fault), fault }
    : refused([misfit]);
}

/** Why nobody here can apply it; null when somebody can. */
function misfitOf(sentence: string, fault: Fault, appliers: readonly FaultApplier[]): FaultProblem | null {
  const { plane, effect } = fault;
  const applier = appliers.find(({ name }) => name === plane);
  if (applier === undefined) {
    const message = `${plane} ${effect.kind}: this sidecar has no ${plane} plane`;
    return wholeSentence(sentence, 'no-plane', message);
  }
  const refusal = applier.refusal(fault);
  return refusal === null ? null : wholeSentence(sentence, 'plane-refuses', refusal);
}

/** A problem that no single word of the sentence has. */
export function wholeSentence(sentence: string, code: FaultProblemCode, message: string): FaultProblem {
  return { code, message, column: 1, length: Math.max(1, sentence.length), found: sentence };
}
