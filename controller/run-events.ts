/** Events of Kubernetes at an Experiment: what a person wants to know of its run, and no more. */
import type { JournalEvent } from '../experiment/journal/events.js';
import { type EventObject, eventAbout, type Told } from './event-object.js';
import type { ExperimentObject } from './experiment-object.js';

/** Null where there is nothing to tell. */
export function eventOf(
  experiment: ExperimentObject,
  event: JournalEvent,
  wallMs: number,
): EventObject | null {
  const told = toldOf(event);
  return told === null ? null : eventAbout(experiment, told, wallMs);
}

function toldOf(event: JournalEvent): Told | null {
  switch (event.type) {
    case 'targets-resolved':
      return { reason: 'TargetsResolved', message: podsOf(event.targets) };
    case 'fault-armed':
      return { reason: 'FaultArmed', message: event.fault };
    case 'change-made':
      return { reason: 'Changed', message: event.message };
    case 'change-taken-back':
      return { reason: 'TakenBack', message: event.message };
    case 'step-ended':
      return event.outcome === 'failed'
        ? { reason: 'StepFailed', message: `${event.step}: ${event.message}`, isWarning: true }
        : null;
    case 'stopped':
      return { reason: event.reason, message: event.message, isWarning: true };
    case 'faults-left':
      return { reason: 'FaultLeft', message: event.faults.join(', '), isWarning: true };
    case 'changes-left':
      return { reason: 'ChangeLeft', message: event.changes.join(', '), isWarning: true };
    case 'judged':
      return { reason: event.verdict, message: event.message, isWarning: event.verdict !== 'Passed' };
    default:
      return null;
  }
}

const podsOf = (targets: Readonly<Record<string, readonly { readonly pod: string }[]>>): string =>
  Object.entries(targets)
    .map(([name, places]) => `${name}: ${places.map(({ pod }) => pod).join(', ')}`)
    .join('; ');
