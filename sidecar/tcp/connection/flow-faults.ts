/** What is to happen to one direction of one connection, by where in its passage it happens. */

import type { FlowStages } from '../effects/effect-rule.js';
import { ruleOf } from '../effects/effect-rules.js';
import type { Shaper } from '../effects/shaper.js';
import type { ConnectionFault, FaultBy } from './connection-fault.js';
import type { Direction } from './direction.js';

export interface FlowFaults extends FlowStages {
  /** Everything that matches, also what the dice let be: its bytes are counted. */
  readonly all: readonly ConnectionFault[];
  /** Those of `bandwidths`. */
  readonly shapers: readonly Shaped[];
}

export interface Shaped {
  readonly fault: FaultBy<'bandwidth'>;
  readonly shaper: Shaper;
}

/** Null when nothing matches: the bytes then take the short way. */
export function flowFaults(
  faults: Iterable<ConnectionFault>,
  direction: Direction,
  shaperOf: (fault: FaultBy<'bandwidth'>) => Shaper,
): FlowFaults | null {
  const all = [...faults].filter((fault) => fault[direction]);
  if (all.length === 0) return null;
  const stages = noStages();
  for (const fault of all) {
    const rule = ruleOf(fault.fault.effect);
    if (fault.outcome === 'hit' && rule.on === 'flow') rule.join(stages, fault);
  }
  return { all, ...stages, shapers: stages.bandwidths.map((fault) => ({ fault, shaper: shaperOf(fault) })) };
}

const noStages = (): FlowStages => ({
  holds: [],
  quotas: [],
  flips: [],
  latencies: [],
  slices: [],
  bandwidths: [],
  slowCloses: [],
});
