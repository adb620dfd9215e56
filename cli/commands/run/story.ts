/** A run as it goes on, a line for what a person wants to know of: on stderr, for stdout is for the verdict. */
import { printable } from '../../../core/printable.js';
import type { JournalEvent, RecoveryPart } from '../../../experiment/journal/events.js';
import type { Ink } from '../../terminal/ink.js';

const partWords: Readonly<Record<RecoveryPart, string>> = {
  'faults-off': 'every fault is off',
  nodes: 'every node is as it was',
  pods: 'every pod is ready',
  traffic: 'every Service leads to as many pods as before',
  role: 'there is one primary',
  connections: 'every probe succeeds again',
  replication: 'replication has caught up',
  stable: 'all is well, and stays so',
};

const timeColumns = 8;
const nameColumns = 14;
/** Before what is said of a subject. */
export const subjectColumns = timeColumns + nameColumns + 3;

/** `words` may be painted; null leaves the time away. */
export function storyLine(atMs: number | null, subject: string, words: string, ink: Ink): string {
  const time = atMs === null ? '' : `${(atMs / 1000).toFixed(1)} s`;
  return `${ink.dim(time.padStart(timeColumns))}  ${ink.bold(printable(subject).padEnd(nameColumns))} ${words}`;
}

/** A probe that goes to and fro is told so often at most. */
const probeEveryMs = 1000;

/** Remembers what of the probes was told: only changes are. */
export class Story {
  readonly #told = new Map<string, { readonly outcome: string; readonly atMs: number }>();

  constructor(readonly ink: Ink) {}

  /** Null where there is nothing to tell. */
  line(event: JournalEvent): string | null {
    const said = this.#said(event);
    if (said === null) return null;
    const [subject, words] = said;
    return storyLine(event.atMs, subject, printable(words), this.ink);
  }

  #said(event: JournalEvent): readonly [string, string] | null {
    switch (event.type) {
      case 'phase-began':
        return event.phase === 'during' ? ['hypothesis', 'holds; the steps begin'] : null;
      case 'measured':
        return this.#ofProbe(event);
      case 'targets-resolved':
        return ['targets', placesWords(event.targets)];
      case 'fault-asked':
        return [event.step, `${event.sentence}${event.place === undefined ? '' : ` on ${event.place.pod}`}`];
      case 'fault-unverified':
        return [stepOf(event.fault), `nobody knows what it hit: ${event.message}`];
      case 'change-made':
      case 'change-taken-back':
        return [stepOf(event.change), event.message];
      case 'changes-left':
        return ['changes', `nobody could take back ${event.changes.join(', ')}`];
      case 'two-primaries':
        return [event.target, event.message];
      case 'seen':
        return [event.subject, event.message];
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
        // What there is to do about it is for who asked for it on the command line.
        return ['warning', event.message.split('\n', 1)[0] ?? ''];
      default:
        return null;
    }
  }

  #ofProbe({
    atMs,
    probe,
    outcome,
    seen,
  }: Extract<JournalEvent, { type: 'measured' }>): readonly [string, string] | null {
    const told = this.#told.get(probe);
    if (told?.outcome === outcome || (told && atMs < told.atMs + probeEveryMs)) return null;
    this.#told.set(probe, { outcome, atMs });
    return [probe, outcome === 'Successful' ? seen : `${outcome}: ${seen}`];
  }
}

/** `slow@pg-0` is of the step `slow`. */
const stepOf = (name: string): string => name.split('@', 1)[0] ?? name;

const mostPods = 6;

const placesWords = (targets: Extract<JournalEvent, { type: 'targets-resolved' }>['targets']): string =>
  Object.entries(targets)
    .map(([target, places]) => {
      const pods = places
        .slice(0, mostPods)
        .map(({ pod, role }) => (role === null ? pod : `${pod} (${role})`));
      const left = places.length - pods.length;
      return `${target}: ${pods.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
    })
    .join('; ');
