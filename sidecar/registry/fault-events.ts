/** Tells what happens to faults: one event for who listens, one log line for who reads later. */
import type { Logger } from 'pino';
import { assertNever } from '../../core/assert-never.js';
import type { Clock } from '../../core/clock.js';
import type { Change } from './changes.js';
import type { EventLog, FaultEvent } from './event-log.js';
import type { Tallies } from './fault-applier.js';
import type { FaultProblem } from './fault-request.js';
import { registryLimits } from './registry-limits.js';

export type Happening = Omit<Change, 'kind' | 'reason'> & {
  readonly kind: FaultEvent['kind'];
  readonly reason: string | null;
  readonly tallies: Tallies | null;
};

export class FaultEvents {
  readonly #events: EventLog;
  readonly #log: Logger;
  readonly #clock: Clock;

  constructor(events: EventLog, log: Logger, clock: Clock) {
    this.#events = events;
    this.#log = log;
    this.#clock = clock;
  }

  tell({ kind, entry, reason, tallies }: Happening): void {
    const { name, source } = entry;
    const sentence = cut(entry.sentence);
    const problems =
      entry.kind === 'refused' ? entry.problems.slice(0, registryLimits.toldProblems).map(told) : [];
    const event = { kind, name, source, sentence, reason, tallies, problems };
    this.#events.append(event, this.#clock.wallMs());
    const { kind: _kind, ...fields } = event;
    const level = kind === 'refused' ? 'warn' : 'info';
    this.#log[level]({ code: `fault.${kind}`, ...fields }, sentenceFor(kind, tallies));
  }
}

/** Anybody may ask for anything: what is refused is remembered, and logged, only as far as it can have been meant. */
const told = (problem: FaultProblem): FaultProblem => ({
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
