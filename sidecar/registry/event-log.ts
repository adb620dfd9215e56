/**
 * What happened to faults: the recent past for whoever reconnects, and the present for whoever listens.
 * Bounded both ways.
 */

import type { Tallies } from './fault-applier.js';
import type { FaultProblem, Source } from './fault-request.js';
import { registryLimits } from './registry-limits.js';

export interface FaultEvent {
  /** Ordered within one life of the sidecar, and never the same in another. */
  readonly id: string;
  readonly at: string;
  readonly kind: FaultEventKind;
  readonly name: string;
  readonly source: Source;
  readonly sentence: string;
  /** Why it was disarmed, as a code; null for other kinds. */
  readonly reason: string | null;
  /** What it did until then; null when it never was a fault. */
  readonly tallies: Tallies | null;
  readonly problems: readonly FaultProblem[];
}

export type FaultEventKind = 'armed' | 'hit' | 'expired' | 'disarmed' | 'refused';

export type FaultHappening = Omit<FaultEvent, 'id' | 'at'>;

export interface Subscriber {
  event(event: FaultEvent): void;
  /** Nothing comes after this. */
  end(): void;
}

export class EventLog {
  readonly #life: string;
  #count = 0;
  #recent: FaultEvent[] = [];
  readonly #subscribers = new Set<Subscriber>();
  #ended = false;

  constructor(startedMs: number) {
    this.#life = startedMs.toString(36);
  }

  append(happening: FaultHappening, nowMs: number): void {
    this.#count += 1;
    const event = { id: `${this.#life}-${this.#count}`, at: new Date(nowMs).toISOString(), ...happening };
    this.#recent = [...this.#recent.slice(1 - registryLimits.events), event];
    for (const subscriber of this.#subscribers) subscriber.event(event);
  }

  /** Everything kept, when the id is not among it: forgotten, or of an earlier life. */
  since(id: string): readonly FaultEvent[] {
    return this.#recent.slice(this.#recent.findIndex((event) => event.id === id) + 1);
  }

  /** Returns the way to leave; null when there is no room or the log has ended. */
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
}
