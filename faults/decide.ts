/**
 * What is to happen to one operation. Pure but for the tally, and without allocation when nothing hits: it
 * stands in the way of every operation of a database.
 *
 *     reaching ─► on this volume, not yet ended ─► counted as matched ─► trigger ─► effects, put together
 */
import { type CompiledFault, type CompiledFaults, isOn } from './compile.js';
import type { DiskDecision } from './decision.js';
import { diskDecisionOf } from './disk-decisions.js';
import { type DraftDecision, emptyDraft } from './draft-decision.js';
import type { DiskOperation } from './operation.js';
import type { Tally } from './tally.js';
import { fires } from './trigger.js';

export interface DecideContext {
  readonly nowMs: number;
  readonly tally: Tally;
  /** Never to be faulted, as the getattr of a mount's root: counted and let be. */
  readonly exempt?: boolean;
}

/** Null when nothing hits. */
export function decide(
  compiled: CompiledFaults,
  operation: DiskOperation,
  context: DecideContext,
): DiskDecision | null {
  const reaching = compiled.reaching(operation);
  let draft: DraftDecision | null = null;
  for (const fault of reaching) {
    const { slot, seed, effect } = fault;
    const { concerns, changes, add } = diskDecisionOf(effect);
    if (!isInForce(fault, operation, context.nowMs) || !concerns(effect, operation)) continue;
    const ordinal = counted(fault, context);
    if (!fires(fault, ordinal) || !changes(effect, operation)) continue;
    draft ??= emptyDraft(compiled.version);
    add(effect, { slot, seed, ordinal }, draft);
  }
  return draft;
}

/** Verb and path match already. */
const isInForce = (fault: CompiledFault, { volume }: DiskOperation, nowMs: number): boolean =>
  nowMs < fault.endsMs && isOn(fault, volume);

/** Which match this is, from 1; 0 for one that is exempt. */
function counted({ slot }: CompiledFault, { tally, exempt }: DecideContext): number {
  if (exempt !== true) return tally.matched(slot);
  tally.exempted(slot);
  return 0;
}
