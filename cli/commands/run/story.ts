/** A run as it goes on, a line for what a person wants to know of: on stderr, for stdout is for the verdict. */
import { printable } from '../../../core/printable.js';
import type { JournalEvent, RecoveryPart } from '../../../experiment/journal/events.js';
import type { Ink } from '../../terminal/ink.js';

const partWords: Readonly<Record<RecoveryPart, string>> = {
  'faults-off': 'every fault is off',
  connections: 'every probe succeeds again',
  replication: 'replication has caught up',
  stable: 'all is well, and stays so',
};

/** Remembers what of the probes was told: only changes are. */
export class Story {
  readonly #last = new Map<string, string>();

  constructor(readonly ink: Ink) {}

  /** Null where there is nothing to tell. */
  line(event: JournalEvent): string | null {
    const said = this.#said(event);
    if (said === null) return null;
    const [subject, words] = said;
    const time = `${(event.atMs / 1000).toFixed(1)} s`.padStart(8);
    return `${this.ink.dim(time)}  ${this.ink.bold(printable(subject).padEnd(14))} ${printable(words)}`;
  }

  #said(event: JournalEvent): readonly [string, string] | null {
    switch (event.type) {
      case 'phase-began':
        return event.phase === 'during' ? ['hypothesis', 'holds; the steps begin'] : null;
      case 'measured':
        return this.#ofProbe(event);
      case 'fault-asked':
        return [event.step, event.sentence];
      case 'step-ended':
        return event.message === ''
          ? null
          : [event.step, `${event.outcome === 'failed' ? 'failed: ' : ''}${event.message}`];
      case 'command-began':
        return ['command', `runs as pid ${event.pid}`];
      case 'command-ended':
        return ['command', `pid ${event.pid} ended with exit code ${event.code}`];
      case 'stopped':
        return ['stop', event.message];
      case 'ledger-began':
        return ['ledger', 'writes'];
      case 'ledger-read':
        return ['ledger', event.result.message];
      case 'ledger-unread':
        return ['ledger', event.message];
      case 'faults-left':
        return ['faults', `nobody could say that ${event.faults.join(', ')} is off`];
      case 'recovered':
        return ['recovery', `${partWords[event.part]} after ${(event.tookMs / 1000).toFixed(1)} s`];
      case 'warned':
        return ['warning', event.message];
      default:
        return null;
    }
  }

  #ofProbe({
    probe,
    outcome,
    seen,
  }: Extract<JournalEvent, { type: 'measured' }>): readonly [string, string] | null {
    if (this.#last.get(probe) === outcome) return null;
    this.#last.set(probe, outcome);
    return [probe, outcome === 'Successful' ? seen : `${outcome}: ${seen}`];
  }
}
