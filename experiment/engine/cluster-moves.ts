/** What a run in a cluster needs beside its hypothesis: targets that are there, safety that agrees, and a hold on the object. */
import type { Place, RecoveryPart, Stop } from '../journal/events.js';
import { type Decision, make, nothing, type Observed, record } from './moves.js';
import type { Plan } from './plan.js';
import type { Run } from './run.js';

/** What keeps the first fault away. `first`: only this is left to be done. */
export type Barrier =
  | { readonly kind: 'no'; readonly decision: Decision }
  | { readonly kind: 'wait'; readonly message: string }
  | { readonly kind: 'first'; readonly decision: Decision };

/** Null: nothing keeps it away. */
export function mayBegin(plan: Plan, run: Run, { cluster, underway }: Observed): Barrier | null {
  if (cluster === null) return plan.isOfCluster ? unknown : null;
  const { targets, missing, refusals, isHeld, isPaused } = cluster;
  if (missing !== null)
    return missing.mayCome && !plan.isDryRun
      ? { kind: 'wait', message: missing.message }
      : no('NoTargets', missing.message);
  if (targets === null) return unknown;
  const isKnown = run.targets !== null && !isOther(run.targets, targets);
  // A dry run says whom it is about also where it would be refused.
  if (plan.isDryRun && !isKnown) return { kind: 'no', decision: resolved(targets) };
  if (refusals.length > 0) return refused(refusals);
  if (!isKnown) return { kind: 'no', decision: resolved(targets) };
  if (plan.isDryRun) return no('DryRun', wouldHit(targets));
  if (isPaused) return { kind: 'wait', message: 'it was still paused' };
  if (isHeld) return null;
  const key = 'hold';
  return { kind: 'first', decision: underway.has(key) ? nothing : make({ kind: 'hold', key }) };
}

const unknown: Barrier = { kind: 'wait', message: 'nobody could say which pods are targets' };

const no = (reason: string, message: string, more: Partial<Stop> = {}): Barrier => ({
  kind: 'no',
  decision: record({
    ...{ type: 'stopped', verdict: 'Inconclusive', reason, message: `nothing was started: ${message}` },
    ...more,
  }),
});

const refused = (refusals: readonly string[]): Barrier =>
  no('Refused', refusals.join('; '), { verdict: 'Aborted', refusals });

const resolved = (targets: ReadonlyMap<string, readonly Place[]>): Decision =>
  record({ type: 'targets-resolved', targets: Object.fromEntries(targets) });

const wouldHit = (targets: ReadonlyMap<string, readonly Place[]>): string =>
  `a dry run, which would be about ${[...targets]
    .map(([target, places]) => `${target}: ${places.map(({ pod }) => pod).join(', ')}`)
    .join('; ')}`;

/** Behind the first fault: the run is broken off. */
export const unsafe = ({ cluster }: Observed): Stop | null =>
  cluster === null || cluster.refusals.length === 0
    ? null
    : { verdict: 'Aborted', reason: 'Unsafe', message: cluster.refusals.join('; ') };

/** Targets that follow a role go where it goes; the others stay who they were. */
export function followed({ follows }: Plan, { targets: known }: Run, { cluster }: Observed): Decision | null {
  const now = cluster?.targets ?? null;
  if (known === null || now === null) return null;
  const next = new Map(
    [...known].map(([target, places]) => [
      target,
      follows.has(target) ? (now.get(target) ?? places) : places,
    ]),
  );
  return isOther(known, next) ? resolved(next) : null;
}

const isOther = (
  one: ReadonlyMap<string, readonly Place[]>,
  other: ReadonlyMap<string, readonly Place[]>,
): boolean => textOf(one) !== textOf(other);

const textOf = (targets: ReadonlyMap<string, readonly Place[]>): string => JSON.stringify([...targets]);

/** Parts of recovery that the cluster shows, and that were not written down yet. */
export const shown = (
  { clusterRecovery }: Plan,
  { cluster }: Observed,
  { recovered }: Run,
): readonly RecoveryPart[] =>
  clusterRecovery.filter((part) => cluster?.recovered.has(part) && !recovered.has(part));
