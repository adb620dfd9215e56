/** A decision while it is put together. Faults are added in the order in which they are armed. */
import type { DecisionPart, DecisionParts, DiskDecision } from './decision.js';

export type DraftDecision = DraftParts & Pick<DiskDecision, 'version'>;

export type DraftParts = { readonly [P in DecisionPart]: DecisionParts[P][] };

export const emptyDraft = (version: number): DraftDecision => ({
  version,
  delays: [],
  freezes: [],
  throttles: [],
  refusals: [],
  quotas: [],
  cuts: [],
  flips: [],
});
