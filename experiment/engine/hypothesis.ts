/** When each probe is measured, and what its measurements say of the hypothesis. */
import type { Probe } from '../file/probe.js';
import type { SettlingTolerance, ToleratedPhase } from '../file/tolerance.js';
import type { ExpectedProbe, Outcome, Phase, Stop } from '../journal/events.js';
import { limits } from './limits.js';
import { type Decision, make, nothing, type Observed, together, wakeAt } from './moves.js';
import { measuredProbes, type Plan } from './plan.js';
import type { ProbeTally, Relapses } from './probe-tally.js';
import type { Run } from './run.js';

/** From begin to begin: an answer that takes long does not make the next one late. */
export function measurements(plan: Plan, run: Run, observed: Observed, nowMs: number): Decision {
  return together(
    measuredNow(plan, run).map(({ name, intervalMs }) => {
      const key = `measure ${name}`;
      if (observed.underway.has(key)) return nothing;
      const dueMs = (run.askedAtMs.get(name) ?? Number.NEGATIVE_INFINITY) + intervalMs;
      return dueMs > nowMs ? wakeAt(dueMs) : make({ kind: 'measure', key, probe: name, phase: run.phase });
    }),
  );
}

/**
 * A measurement is of the phase in which it began. But one that began before the first fault and did not succeed behind it
 * may have met it: it would be of no phase that anybody judges.
 */
export const phaseOf = (beganIn: Phase, outcome: Outcome, { beganAtMs }: Run): Phase =>
  beganIn === 'before' && outcome !== 'Successful' && beganAtMs.during !== undefined ? 'during' : beganIn;

/** A probe of the ledger waits for it to begin: what has not begun cannot be measured. */
function measuredNow(plan: Plan, run: Run): readonly Probe[] {
  const probes = measuredProbes(plan);
  return run.ledger === null ? probes.filter(isNoLedger) : probes;
}

/** Those that must hold for the ledger to begin. */
export const withoutLedger = ({ probes }: Plan): readonly Probe[] => probes.filter(isNoLedger);

const isNoLedger = ({ subject }: Probe): boolean => subject.kind !== 'ledger';

export const tallyOf = (run: Run, phase: Phase, { name }: Probe): ProbeTally | undefined =>
  run.tallies[phase].get(name);

/**
 * Since when it holds, in a row of successes that is long enough; null: it does not. The row ends with its last success:
 * what has not answered since has not gone on.
 */
function holdsSince(
  { successes, stableForMs }: SettlingTolerance,
  tally: ProbeTally | undefined,
): number | null {
  const fromMs = tally?.holdsSinceMs ?? null;
  if (tally === undefined || fromMs === null || tally.successfulInARow < successes) return null;
  return tally.lastAtMs - fromMs >= stableForMs ? fromMs : null;
}

/** Do they hold, so that the first fault may come? */
export const holdBefore = (probes: readonly Probe[], run: Run): boolean =>
  probes.every((probe) => holdsSince(probe.tolerances.before, tallyOf(run, 'before', probe)) !== null);

/** Those that have not held so far, and what was seen of them. */
export const notHolding = (plan: Plan, run: Run): string =>
  plan.probes
    .filter((probe) => !holdBefore([probe], run))
    .map(
      (probe) =>
        `${probe.name}: ${tallyOf(run, 'before', probe)?.last.seen ?? 'no answer yet'} (expected: ${probe.says})`,
    )
    .join('; ');

const countedIn = (
  phase: ToleratedPhase,
  { failed, mostFailedInARow, firstFailure, relapses }: ProbeTally,
): Relapses => (phase === 'during' ? { failed, mostInARow: mostFailedInARow, firstFailure } : relapses);

const phaseWords: Readonly<Record<ToleratedPhase, string>> = {
  before: 'after it had succeeded, before the first fault',
  during: 'while faults were on',
  after: 'after it had succeeded again',
};

/**
 * More failed of a probe in this phase than it tolerates, in a sentence; null: it did not. Before and after, what failed
 * ahead of its first success is no matter.
 */
export function brokenMessage(
  probe: Omit<ExpectedProbe, 'kind'>,
  phase: ToleratedPhase,
  run: Run,
): string | null {
  const tally = run.tallies[phase].get(probe.name);
  if (tally === undefined) return null;
  const { failures, consecutive } = probe.tolerances[phase];
  const { failed, mostInARow, firstFailure } = countedIn(phase, tally);
  if (failed <= (failures ?? failed) && mostInARow <= (consecutive ?? mostInARow)) return null;
  const first = firstFailure
    ? `, first after ${(firstFailure.atMs / 1000).toFixed(1)} s: ${firstFailure.seen}`
    : '';
  return `probe ${probe.name} (${probe.says}) failed ${failed} times ${phaseWords[phase]}, ${mostInARow} one after another${first}`;
}

/** The first probe that broke in this phase, in a sentence; null: none did. */
export const brokenIn = (probes: readonly Probe[], phase: ToleratedPhase, run: Run): string | null =>
  probes.reduce<string | null>((found, probe) => found ?? brokenMessage(probe, phase, run), null);

/** A probe that ends the run at once, now that it has failed too much; while faults are on, also where it says nothing any more. */
export function abortOf(plan: Plan, run: Run, phase: 'during' | 'after'): Stop | null {
  const probes = plan.probes.filter(({ abort }) => abort);
  const message = brokenIn(probes, phase, run);
  if (message !== null) return { verdict: 'Failed', reason: 'HypothesisFailed', message };
  return phase === 'during' ? unreachable(probes, run) : null;
}

function unreachable(probes: readonly Probe[], run: Run): Stop | null {
  for (const probe of probes) {
    const { unlearnedInARow = 0, last } = tallyOf(run, 'during', probe) ?? {};
    if (unlearnedInARow >= limits.unlearnedInARow)
      return {
        verdict: 'Aborted',
        reason: 'ProbeUnreachable',
        message: `probe ${probe.name} could not be measured ${unlearnedInARow} times one after another: ${last?.seen}`,
      };
  }
  return null;
}

/** When recovery is given up: later where every probe succeeds by then, and has only to go on to. */
export function recoveryEndsAt(plan: Plan, run: Run): number {
  const probes = measuredProbes(plan);
  const succeed = probes.every((probe) => (tallyOf(run, 'after', probe)?.successfulInARow ?? 0) > 0);
  const patientMs = plan.recoveryObjectiveMs * limits.recoveryPatience;
  return run.phaseBeganAtMs + patientMs + (succeed ? timeToHoldMs(plan) : 0);
}

/** The longest that a probe takes from its first success until it holds, where none fails. */
export const timeToHoldMs = (plan: Plan): number => Math.max(0, ...measuredProbes(plan).map(timeToHold));

const timeToHold = ({ tolerances: { after }, intervalMs, timeoutMs }: Probe): number =>
  after.stableForMs + after.successes * Math.max(intervalMs, timeoutMs);

/** Since when every probe holds, each for as long as it says; null: not yet. */
export const stableSince = (plan: Plan, run: Run): number | null =>
  latest(
    run,
    measuredProbes(plan).map((probe) => holdsSince(probe.tolerances.after, tallyOf(run, 'after', probe))),
  );

/** Since when every probe holds, and all is there that a cluster shows; null: not yet. */
export function wellSince(plan: Plan, run: Run): number | null {
  const parts = plan.clusterRecovery.map((part) => run.recovered.get(part)?.atMs ?? null);
  const stableMs = stableSince(plan, run);
  return [stableMs, ...parts].reduce<number | null>(
    (last, atMs) => (last === null || atMs === null ? null : Math.max(last, atMs)),
    Number.NEGATIVE_INFINITY,
  );
}

/** When the last of all probes succeeded for the first time; null: one has not yet, or there is none. */
export function connectedAt(plan: Plan, run: Run): number | null {
  if (plan.probes.length === 0) return null;
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
