/**
 * Who asks for what. A source says a sentence under a name; the request is the fault that the sentence describes, or
 * why there is none. A sentence in which anything is wrong, or that no applier here can carry out, is refused whole.
 */
import type { Fault } from '../../faults/fault.js';
import { format } from '../../faults/format.js';
import { limits } from '../../faults/limits.js';
import { parse } from '../../faults/parse.js';
import type { Problem } from '../../faults/problem.js';
import type { FaultApplier } from './fault-applier.js';

/** The first that has something to say of a name is heard; see `FaultRegistry`. */
export const sources = ['annotation', 'control', 'local'] as const;
export type Source = (typeof sources)[number];

/** One fault as a source says it. */
export interface NamedSentence {
  readonly name: string;
  /** Null: the fault is meant, but the sentence could not be read. */
  readonly sentence: string | null;
}

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

export function faultRequest(
  source: Source,
  { name, sentence }: NamedSentence,
  appliers: readonly FaultApplier[],
): FaultRequest {
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

const servers = { disk: 'disk server', tcp: 'TCP proxy' } as const;

/** Why nobody here can apply it; null when somebody can. */
function misfitOf(sentence: string, fault: Fault, appliers: readonly FaultApplier[]): FaultProblem | null {
  const { plane, effect } = fault;
  const applier = appliers.find(({ name }) => name === plane);
  if (applier === undefined) {
    const message = `${plane} ${effect.kind}: this sidecar has no ${servers[plane]}`;
    return wholeSentence(sentence, 'no-plane', message);
  }
  const refusal = applier.refusal(fault);
  return refusal === null ? null : wholeSentence(sentence, 'plane-refuses', refusal);
}

/** A problem that no single word of the sentence has. */
function wholeSentence(sentence: string, code: FaultProblemCode, message: string): FaultProblem {
  return { code, message, column: 1, length: Math.max(1, sentence.length), found: sentence };
}

export const noRoom = (sentence: string): FaultProblem =>
  wholeSentence(
    sentence,
    'too-many-faults',
    `${limits.faults} faults are listed, and there is no room for one more`,
  );

type Requests = ReadonlyMap<string, FaultRequest>;

/**
 * The requests of all sources: a value, which a change leaves as it was. Annotations and the command line declare all
 * their faults at once; the control endpoint adds and removes one at a time.
 */
export class FaultRequests {
  readonly #bySource: Readonly<Record<Source, Requests>>;
  readonly #silent: ReadonlySet<Source>;

  private constructor(bySource: Readonly<Record<Source, Requests>>, silent: ReadonlySet<Source>) {
    this.#bySource = bySource;
    this.#silent = silent;
  }

  /** Of a life that begins. */
  static none(): FaultRequests {
    const bySource = { annotation: new Map(), control: new Map(), local: new Map() };
    return new FaultRequests(bySource, new Set<Source>(['annotation', 'local']));
  }

  declare(source: Source, requests: readonly FaultRequest[]): FaultRequests {
    return this.#with(
      source,
      requests,
      [...this.#silent].filter((other) => other !== source),
    );
  }

  /** Nothing is asked for, and nothing is forgotten: the source may come back and mean the same faults. */
  markUnavailable(source: Source): FaultRequests {
    return this.#with(source, [], [...this.#silent, source]);
  }

  /** Has it not spoken in this life, or is its file gone? Then it has taken nothing back. */
  isSilent(source: Source): boolean {
    return this.#silent.has(source);
  }

  putControl(request: FaultRequest): FaultRequests {
    return this.#with('control', [...this.#bySource.control.values(), request]);
  }

  dropControl(dropped: (name: string) => boolean): FaultRequests {
    return this.#with(
      'control',
      [...this.#bySource.control.values()].filter(({ name }) => !dropped(name)),
    );
  }

  /** In the order of precedence. */
  inOrder(): readonly FaultRequest[] {
    return sources.flatMap((source) => [...this.#bySource[source].values()]);
  }

  /** Those that want a place of `limits.faults`, in the same order. */
  accepted(): readonly AcceptedRequest[] {
    return this.inOrder().filter((request) => request.kind === 'fault');
  }

  /** Each name once, the last of them. */
  #with(
    source: Source,
    requests: readonly FaultRequest[],
    silent: Iterable<Source> = this.#silent,
  ): FaultRequests {
    const named = new Map(requests.map((request) => [request.name, request]));
    return new FaultRequests({ ...this.#bySource, [source]: named }, new Set(silent));
  }
}
