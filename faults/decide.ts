/**
 * What is to happen to one operation. Pure but for the tally, and without allocation when nothing hits: it
 * stands in the way of every operation of a database.
 *
 *     reaching ─► on this volume, not yet ended ─► counted as matched ─► trigger ─► effects, put together
 */
import { type CompiledFault, type CompiledFaults, isOn } from './compile.js';
import type { DiskDecision } from './decision.js';
import { addTo, type DraftDecision, emptyDraft } from './draft-decision.js';
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
  plan: CompiledFaults,
  operation: DiskOperation,
  context: DecideContext,
): DiskDecision | null {
  const reaching = plan.reaching(operation);
  let draft: DraftDecision | null = null;
  for (const fault of reaching) {
    if (!matches(fault, operation, context.nowMs)) continue;
    const ordinal = counted(fault, context);
    if (!fires(fault, ordinal) || isShortAlready(fault, operation)) continue;
    draft ??= emptyDraft(plan.version);
    addTo(draft, fault, ordinal);
  }
  return draft;
}

/** Verb and path match already. */
function matches(fault: CompiledFault, { volume, modifies }: DiskOperation, nowMs: number): boolean {
  if (nowMs >= fault.endsMs || !isOn(fault, volume)) return false;
  return modifies || fault.effect.kind !== 'readonly';
}

/** Which match this is, from 1; 0 for one that is exempt. */
function counted({ slot }: CompiledFault, { tally, exempt }: DecideContext): number {
  if (exempt !== true) return tally.matched(slot);
  tally.exempted(slot);
  return 0;
}

/** Too short to be cut: matched, and passed. */
const isShortAlready = ({ effect }: CompiledFault, { bytes }: DiskOperation): boolean =>
  effect.kind === 'short' && bytes <= effect.bytes;
