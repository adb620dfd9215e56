/**
 * The verdict, from the journal alone. A pass needs everything: the steps were done, each fault hit, each probe measured
 * enough, none failed more than is tolerated, and all was well again in time. Whatever is missing makes it another one.
 */
import { plural } from '../../faults/grammar/amounts.js';
import { isWatched } from '../journal/events.js';
import type { Judgement, Verdict } from '../verdict.js';
import { brokenIn, tallyOf } from './hypothesis.js';
import { measuredProbes, type Plan } from './plan.js';
import { operationsPerSecond, type Run } from './run.js';

type Finding = Pick<Judgement, 'verdict' | 'reason' | 'message'>;

export function judge(plan: Plan, run: Run): Judgement {
  const deviated = plan.probes.some((probe) => (tallyOf(run, 'during', probe)?.failed ?? 0) > 0);
  return { ...findingOf(plan, run), data: run.ledger?.read?.data ?? 'Unknown', deviated };
}

/** The first that is there. */
function findingOf(plan: Plan, run: Run): Finding {
  return (
    left(run) ??
    damage(run) ??
    split(run) ??
    run.stop ??
    failure(plan, run) ??
    noCrash(plan, run) ??
    lack(plan, run) ??
    passed(plan, run)
  );
}

/** Above all else: this is what must not happen. */
function left({ faultsLeft, changesLeft }: Run): Finding | null {
  if (changesLeft.length > 0)
    return finding(
      'Error',
      'ChangeLeft',
      `nobody could take back ${changesLeft.join(', ')}; how it was stands in the journal`,
    );
  if (faultsLeft.length === 0) return null;
  const [they, their] = faultsLeft.length === 1 ? ['it is', 'its'] : ['they are', 'their'];
  return finding(
    'Error',
    'FaultLeft',
    `nobody could say of ${faultsLeft.join(', ')} that ${they} off; the end is the time in ${their} sentence`,
  );
}

/** Whatever else went wrong: data that is gone is the finding. */
function damage({ ledger }: Run): Finding | null {
  const { data = 'Unknown', registers = null, message = '' } = ledger?.read ?? {};
  if (data === 'Lost' || data === 'Corrupt') return finding('Failed', `Data${data}`, message);
  return registers === 'Illegal' ? finding('Failed', 'NotLinearizable', message) : null;
}

/** Each of them takes writes of its own. */
const split = ({ twoPrimaries }: Run): Finding | null =>
  twoPrimaries === null ? null : finding('Failed', 'TwoPrimaries', twoPrimaries);

function failure(plan: Plan, run: Run): Finding | null {
  const broken = brokenIn(plan.probes, 'during', run) ?? brokenIn(plan.probes, 'after', run);
  if (broken !== null) return finding('Failed', 'HypothesisFailed', broken);
  if (!isWatched(plan)) return null;
  const stable = run.recovered.get('stable');
  if (stable === undefined) {
    const asked = measuredProbes(plan);
    const missing = plan.clusterRecovery.filter((part) => !run.recovered.has(part));
    const failed = asked.find((probe) => tallyOf(run, 'after', probe)?.last.outcome !== 'Successful');
    const late = failed ?? (missing.length === 0 ? asked[0] : undefined);
    const parts = missing.length > 0 ? `; not as before: ${missing.join(', ')}` : '';
    const seen = late ? `; probe ${late.name}: ${tallyOf(run, 'after', late)?.last.seen ?? 'no answer'}` : '';
    return finding('Failed', 'NotRecovered', `all was not well again after the last fault${parts}${seen}`);
  }
  if (stable.tookMs <= plan.recoveryObjectiveMs) return null;
  return finding(
    'Failed',
    'RecoveryTooSlow',
    `it took ${seconds(stable.tookMs)} until all was well again; the objective is ${seconds(plan.recoveryObjectiveMs)}`,
  );
}

/** What was read back without the crash that the file asks for says too little. */
function noCrash({ crash }: Plan, { steps }: Run): Finding | null {
  const failed = crash.find(({ id }) => steps.get(id)?.ended?.outcome === 'failed');
  if (failed === undefined) return null;
  const why = steps.get(failed.id)?.ended?.message ?? '';
  return finding(
    'Error',
    'StepFailed',
    `no crash came before the data was read back: step ${failed.id}: ${why}`,
  );
}

/** What was not seen proves nothing. */
function lack(plan: Plan, run: Run): Finding | null {
  if (plan.probes.length === 0 && !plan.hasLedger)
    return finding(
      'Inconclusive',
      'NothingMeasured',
      'the experiment has no probe and no ledger: whatever happened, nobody looked',
    );
  for (const probe of plan.probes) {
    const { successful = 0, failed = 0, last } = tallyOf(run, 'during', probe) ?? {};
    if (successful + failed >= plan.minimumMeasurements) continue;
    const seen = last && last.outcome !== 'Successful' ? `; the last: ${last.seen}` : '';
    return finding(
      'Inconclusive',
      'TooFewMeasurements',
      `probe ${probe.name} was measured ${successful + failed} times while faults were on; expected at least ${plan.minimumMeasurements}${seen}`,
    );
  }
  for (const [fault, { injected, matched, unverified }] of run.faults) {
    if (injected >= plan.minimumHits) continue;
    if (unverified !== null)
      return finding(
        'Inconclusive',
        'HitsUnverified',
        `nobody could say what fault ${fault} hit: ${unverified}`,
      );
    return finding(
      'Inconclusive',
      'FaultHitNothing',
      `fault ${fault} hit ${injected} of ${matched} that matched; expected at least ${plan.minimumHits}`,
    );
  }
  return plan.hasLedger ? lackOfData(plan, run) : null;
}

function lackOfData({ minimumOperationsPerSecond: least }: Plan, run: Run): Finding | null {
  const read = run.ledger?.read ?? null;
  if (read?.data !== 'Intact')
    return finding('Inconclusive', 'DataUnknown', read?.message ?? 'the ledger was not read back');
  if (read.registers === 'Unknown') return finding('Inconclusive', 'RegistersUnknown', read.message);
  const perSecond = operationsPerSecond(run) ?? 0;
  if (perSecond >= least) return null;
  return finding(
    'Inconclusive',
    'TooLittleTraffic',
    `the ledger had ${perSecond.toFixed(1)} acknowledged writes a second while faults were on; expected at least ${least}`,
  );
}

function passed(plan: Plan, run: Run): Finding {
  const kills = plan.steps.filter(({ action }) => action.kind === 'kill').length;
  const what = [
    ...(run.faults.size > 0 ? [plural(run.faults.size, 'fault')] : []),
    ...(kills > 0 ? [plural(kills, 'kill')] : []),
    ...(run.changes.size > 0 ? [plural(run.changes.size, 'change')] : []),
  ].join(' and ');
  const stable = run.recovered.get('stable');
  const after = stable
    ? `all was well again after ${seconds(stable.tookMs)} (objective ${seconds(plan.recoveryObjectiveMs)})`
    : 'no probe was asked how soon all was well again';
  return finding('Passed', 'HypothesisHeld', `the hypothesis held under ${what || 'no fault'}, and ${after}`);
}

const finding = (verdict: Verdict, reason: string, message: string): Finding => ({
  verdict,
  reason,
  message,
});

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
