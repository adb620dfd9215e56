/**
 * What happens to faults: one event for who listens, one log line for who reads later. The recent past is kept for
 * whoever reconnects. Bounded both ways.
 */
import type { Logger } from 'pino';
import { assertNever } from '../../core/assert-never.js';
import type { Clock } from '../../core/clock.js';
import type { Tallies } from './fault-applier.js';
import type { FaultProblem, Source } from './fault-requests.js';
import type { FaultChange } from './reconcile.js';
import { registryLimits } from './registry-limits.js';

/** With what the fault did until then; null when it never was a fault. */
export interface CountedChange extends FaultChange {
  readonly tallies: Tallies | null;
}

export interface FaultEvent extends Pick<CountedChange, 'kind' | 'reason' | 'tallies'> {
  /** Ordered within one life of the sidecar, and never the same in another. */
  readonly id: string;
  readonly at: string;
  readonly name: string;
  readonly source: Source;
  readonly sentence: string;
  readonly problems: readonly FaultProblem[];
}

export interface Subscriber {
  event(event: FaultEvent): void;
  /** Nothing comes after this. */
  end(): void;
}

export class FaultEvents {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #life: string;
  #count = 0;
  #recent: FaultEvent[] = [];
  readonly #subscribers = new Set<Subscriber>();
  #ended = false;

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    this.#life = clock.wallMs().toString(36);
  }

  publish({ kind, record, reason, tallies }: CountedChange): void {
    const { name, source } = record;
    const problems =
      record.kind === 'refused' ? record.problems.slice(0, registryLimits.toldProblems).map(cutProblem) : [];
    const told = { kind, name, source, sentence: cut(record.sentence), reason, tallies, problems };
    this.#append(told);
    const { kind: _kind, ...fields } = told;
    const level = kind === 'refused' ? 'warn' : 'info';
    this.#log[level]({ code: `fault.${kind}`, ...fields }, sentenceFor(kind, tallies));
  }

  /** Everything kept, when the id is not among it: forgotten, or of an earlier life. */
  since(id: string): readonly FaultEvent[] {
    return this.#recent.slice(this.#recent.findIndex((event) => event.id === id) + 1);
  }

  /** Returns the way to leave; null when there is no room or there are no more events. */
  subscribe(subscriber: Subscriber): (() => void) | null {
    if (this.#ended || this.#subscribers.size >= registryLimits.subscribers) return null;
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  end(): void {
    this.#ended = true;
    for (const subscriber of this.#subscribers) subscriber.end();
    this.#subscribers.clear();
  }

  #append(told: Omit<FaultEvent, 'id' | 'at'>): void {
    this.#count += 1;
    const at = new Date(this.#clock.wallMs()).toISOString();
    const event = { id: `${this.#life}-${this.#count}`, at, ...told };
    this.#recent = [...this.#recent.slice(1 - registryLimits.events), event];
    for (const subscriber of this.#subscribers) subscriber.event(event);
  }
}

/** Anybody may ask for anything: what is refused is remembered, and logged, only as far as it can have been meant. */
const cutProblem = (problem: FaultProblem): FaultProblem => ({
  ...problem,
  message: cut(problem.message),
  found: cut(problem.found),
});

function cut(text: string): string {
  const { toldCharacters } = registryLimits;
  return text.length <= toldCharacters
    ? text
    : `${text.slice(0, toldCharacters)}… (${text.length} characters)`;
}

function sentenceFor(kind: FaultEvent['kind'], tallies: Tallies | null): string {
  const unused = tallies?.injected === 0 ? ', and never hit anything' : '';
  switch (kind) {
    case 'armed':
      return 'fault armed';
    case 'hit':
      return 'fault hit for the first time';
    case 'expired':
      return `fault expired${unused}`;
    case 'disarmed':
      return `fault disarmed${unused}`;
    case 'refused':
      return 'fault refused';
    default:
      return assertNever(kind);
  }
}
