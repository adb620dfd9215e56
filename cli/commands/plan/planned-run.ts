/** What a dry run found, from its journal: whom each step would be done to, and what safety says of it. Pure. */
import { nodesOf } from '../../../experiment/engine/fault-moves.js';
import type { Plan } from '../../../experiment/engine/plan.js';
import { outlineOf } from '../../../experiment/explain.js';
import type { Action } from '../../../experiment/file/planned-steps.js';
import type { JournalEvent, Place } from '../../../experiment/journal/events.js';

export interface PlannedStep {
  readonly step: string;
  readonly says: string;
  /** Of a fault. */
  readonly sentence: string | null;
  /** Whom it is done to; empty: nobody in particular. */
  readonly pods: readonly string[];
}

export interface PlannedRun {
  readonly couldStart: boolean;
  /** What is against it, each in a sentence. */
  readonly refusals: readonly string[];
  readonly targets: Readonly<Record<string, readonly Place[]>>;
  readonly steps: readonly PlannedStep[];
}

/** Null: the journal does not say how it ended. */
export function plannedRun(plan: Plan, events: readonly JournalEvent[]): PlannedRun | null {
  const end = events.findLast((event) => event.type === 'stopped' || event.type === 'judged');
  const stop = events.find((event) => event.type === 'stopped') ?? end;
  if (stop?.type !== 'stopped' && stop?.type !== 'judged') return null;
  const resolved = events.findLast((event) => event.type === 'targets-resolved');
  const targets = resolved?.type === 'targets-resolved' ? resolved.targets : {};
  const couldStart = stop.reason === 'DryRun';
  const refusals = (stop.type === 'stopped' ? stop.refusals : undefined) ?? [stop.message];
  return { couldStart, refusals: couldStart ? [] : refusals, targets, steps: stepsOf(plan, targets) };
}

function stepsOf(plan: Plan, targets: PlannedRun['targets']): readonly PlannedStep[] {
  const actions = new Map(plan.steps.map(({ id, action }) => [id, action]));
  return outlineOf(plan).map(({ step, says }) => {
    const action = actions.get(step);
    const sentence = action?.kind === 'fault' ? action.sentence.text : null;
    return { step, says, sentence, pods: podsOf(action, targets) };
  });
}

function podsOf(action: Action | undefined, targets: PlannedRun['targets']): readonly string[] {
  if (action?.kind !== 'fault' && action?.kind !== 'change') return [];
  const on = action.on ?? Object.keys(targets)[0] ?? '';
  const places = targets[action.kind === 'fault' && action.onNodes ? nodesOf(action.on) : on] ?? [];
  return places.map(({ pod }) => pod);
}
