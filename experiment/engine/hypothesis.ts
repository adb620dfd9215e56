/** When each probe is measured, and what its measurements say of the hypothesis. */
import type { Probe } from '../file/probe.js';
import type { Phase, Stop } from '../journal/events.js';
import { limits } from './limits.js';
import { type Decision, make, nothing, type Observed, together, wakeAt } from './moves.js';
import { type Plan, probesAfter } from './plan.js';
import type { ProbeTally } from './probe-tally.js';
import type { Run } from './run.js';

/** From begin to begin: an answer that takes long does not make the next one late. */
export function measurements(plan: Plan, run: Run, observed: Observed, nowMs: number): Decision {
  return together(
    (run.phase === 'after' ? probesAfter(plan) : plan.probes).map(({ name, intervalMs }) => {
      const key = `measure ${name}`;
      if (observed.underway.has(key)) return nothing;
      const dueMs = (run.askedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) + intervalMs;
      return dueMs > nowMs ? wakeAt(dueMs) : make({ kind: 'measure', key, probe: name, phase: run.phase });
    }),
  );
}

export const tallyOf = (run: Run, phase: Phase, { name }: Probe): ProbeTally | undefined =>
  run.tallies[phase].get(name);

/** Does every probe hold, so that the first fault may come? */
export const holdsBefore = (plan: Plan, run: Run): boolean =>
  plan.probes.every(
    (probe) => (tallyOf(run, 'before', probe)?.successfulInARow ?? 0) >= probe.beforeConsecutive,
  );

/** Those that have not held so far, and what was seen of them. */
export const notHolding = (plan: Plan, run: Run): string =>
  plan.probes
    .filter((probe) => (tallyOf(run, 'before', probe)?.successfulInARow ?? 0) < probe.beforeConsecutive)
    .map(
      (probe) =>
        `${probe.name}: ${tallyOf(run, 'before', probe)?.last.seen ?? 'no answer yet'} (expected: ${probe.says})`,
    )
    .join('; ');

/** More failed during the faults than the probe tolerates. */
export function isBroken({ during }: Pick<Probe, 'during'>, tally: ProbeTally | undefined): boolean {
  if (tally === undefined) return false;
  return tally.failed > during.failures || tally.mostFailedInARow > during.consecutive;
}

/** A probe that ends the run at once, now that it has failed too much or says nothing any more. */
export function abortOf(plan: Plan, run: Run): Stop | null {
  for (const probe of plan.probes.filter(({ abort }) => abort)) {
    const tally = tallyOf(run, 'during', probe);
    if (isBroken(probe, tally))
      return { verdict: 'Failed', reason: 'HypothesisFailed', message: brokenMessage(probe, tally) };
    if ((tally?.unlearnedInARow ?? 0) >= limits.unlearnedInARow)
      return {
        verdict: 'Aborted',
        reason: 'ProbeUnreachable',
        message: `probe ${probe.name} could not be measured ${tally?.unlearnedInARow} times one after another: ${tally?.last.seen}`,
      };
  }
  return null;
}

export function brokenMessage(probe: Probe, tally: ProbeTally | undefined): string {
  const { failed = 0, mostFailedInARow = 0, firstFailure } = tally ?? {};
  const first = firstFailure
    ? `, first after ${(firstFailure.atMs / 1000).toFixed(1)} s: ${firstFailure.seen}`
    : '';
  return `probe ${probe.name} (${probe.says}) failed ${failed} times while faults were on, ${mostFailedInARow} one after another${first}`;
}

/** Since when every probe holds without a failure, each for as long as it says; null: not yet. */
export function stableSince(plan: Plan, run: Run, nowMs: number): number | null {
  const since = probesAfter(plan).map((probe) => {
    const from = tallyOf(run, 'after', probe)?.holdsSinceMs ?? null;
    return from !== null && nowMs - from >= probe.stableForMs ? from : null;
  });
  return latest(run, since);
}

/** When the last of all probes succeeded for the first time; null: one has not yet. */
export function connectedAt(plan: Plan, run: Run): number | null {
  const first = plan.probes.map((probe) => tallyOf(run, 'after', probe)?.firstSuccessAtMs ?? null);
  return latest(run, first);
}

/** Not before the phase began; null where one of them is not known. */
const latest = (run: Run, times: readonly (number | null)[]): number | null =>
  times.reduce<number | null>(
    (last, at) => (last === null || at === null ? null : Math.max(last, at)),
    run.phaseBeganAtMs,
  );

/** When whoever follows the database had caught up for the first time; null: not yet, or nobody is asked. */
export const caughtUpAt = ({ replication }: Plan, run: Run): number | null =>
  replication ? (tallyOf(run, 'after', replication)?.firstSuccessAtMs ?? null) : null;
