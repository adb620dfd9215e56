/** A run in sentences, for who was not there: what was tried, what held, what did not, what it means. */
import { assertNever } from '../../core/assert-never.js';
import { type ExpectedProbe, isWatched, type RecoveryPart } from '../journal/events.js';
import type { LedgerResult } from '../ledger/result.js';
import { type DataVerdict, registerWords, type Verdict } from '../verdict.js';
import type { LedgerReport } from './ledger-report.js';
import { rateWords } from './ledger-words.js';
import type { ProbeReport } from './probe-report.js';
import type { FaultReport, Report } from './report.js';
import { counted, duration, moment, percent } from './words.js';

export interface Summary {
  readonly verdict: string;
  readonly headline: string;
  readonly tried: readonly string[];
  readonly held: readonly string[];
  readonly failed: readonly string[];
  readonly meaning: string;
}

export const partWords: Readonly<Record<RecoveryPart, string>> = {
  'faults-off': 'every fault is known to be off',
  nodes: 'every node is as it was before',
  pods: 'every pod is ready again',
  traffic: 'every Service leads to as many pods as before',
  role: 'there is exactly one primary again',
  connections: 'every probe has succeeded again',
  replication: 'whoever follows the database has caught up',
  stable: 'every probe succeeds, and goes on to',
};

export const dataWords: Readonly<Record<DataVerdict, string>> = {
  Intact: 'all that was acknowledged was read back',
  Unknown: 'nobody kept a ledger, or it could not be read back',
  Corrupt: 'something was read back that was never written so',
  Lost: 'something that was acknowledged was not read back',
};

export function summaryOf(report: Report): Summary {
  const verdict = report.judgement?.verdict ?? null;
  const findings = [
    ...report.probes.flatMap((probe) => [ofProbe(probe), ...ofOtherPhases(probe)]),
    ...report.faults.map(ofFault),
    ...ofLedger(report),
    ...ofRecovery(report),
    ...report.notices
      .filter(({ kind }) => kind !== 'warning')
      .map(({ kind, atMs, message }) => bad(`${capital(kind)} after ${moment(atMs)}: ${message}`)),
  ];
  return {
    verdict: verdict ?? 'No verdict',
    headline: headlineOf(verdict),
    tried: triedIn(report),
    held: findings.filter(({ isGood }) => isGood).map(({ words }) => words),
    failed: findings.filter(({ isGood }) => !isGood).map(({ words }) => words),
    meaning: isDamaged(report) ? damaged : meaningOf(verdict),
  };
}

const isDamaged = ({ judgement }: Report): boolean =>
  judgement?.data === 'Lost' || judgement?.data === 'Corrupt';

const damaged =
  'The database did not keep what it had promised to keep. Whoever relies on its answers loses data under these circumstances, whatever else held.';

/** Null where the journal has no verdict. */
function headlineOf(verdict: Verdict | null): string {
  switch (verdict) {
    case 'Passed':
      return 'The system held';
    case 'Failed':
      return 'The system did not hold';
    case 'Inconclusive':
      return 'This run proves nothing';
    case 'Aborted':
      return 'The run was broken off';
    case 'Error':
      return 'The experiment could not be carried out';
    case null:
      return 'The run was not judged';
    default:
      return assertNever(verdict);
  }
}

function meaningOf(verdict: Verdict | null): string {
  switch (verdict) {
    case 'Passed':
      return 'Under these faults, for this long, the system did what the hypothesis says, and was well again in time. Other faults, longer ones and more load are not shown by this run.';
    case 'Failed':
      return 'Users of this system would have noticed these faults more than is tolerated. Before it meets them in production, change the system, or decide that this much is borne and write that into the experiment.';
    case 'Inconclusive':
      return 'Neither good nor bad follows from this run. What is missing stands above: make up for it, and run the experiment again.';
    case 'Aborted':
      return 'The run did not come to its end, so it says neither that the system holds nor that it does not.';
    case 'Error':
      return 'This says nothing of the system under test. What stood in the way of the experiment stands above.';
    case null:
      return 'The journal ends before a verdict: the run still goes on, or it was killed. Nothing may be concluded from it.';
    default:
      return assertNever(verdict);
  }
}

function triedIn({ faults, steps, probes, durationMs, expected }: Report): readonly string[] {
  const others = steps.filter(({ name }) => !faults.some(({ step }) => step === name)).length;
  const what =
    faults.length === 0
      ? [counted(others, 'step')]
      : [counted(faults.length, 'fault'), ...(others > 0 ? [counted(others, 'other step')] : [])];
  return [
    ...(expected.description === '' ? [] : [capital(expected.description)]),
    `${what.join(' and ')} in ${duration(durationMs)}, watched by ${counted(probes.length, 'probe')}`,
  ];
}

interface Finding {
  readonly isGood: boolean;
  readonly words: string;
}

const good = (words: string): Finding => ({ isGood: true, words });
const bad = (words: string): Finding => ({ isGood: false, words });

function ofProbe({ name, phases: { during }, broken, firstFailure, tolerances }: ProbeReport): Finding {
  const { successful, failed, unlearned, errorRate } = during;
  if (errorRate === null)
    return bad(
      `Probe ${name} measured nothing while faults were on${unlearned > 0 ? `: ${counted(unlearned, 'measurement')} said nothing` : ''}`,
    );
  const measured = `${successful} of ${counted(successful + failed, 'measurement')}`;
  if (failed === 0) return good(`Probe ${name} succeeded in ${measured} while faults were on`);
  const first =
    firstFailure === null ? '' : `, first after ${moment(firstFailure.atMs)}: ${firstFailure.seen}`;
  const share = `Probe ${name} failed ${counted(failed, 'time')} (${percent(errorRate)} of ${counted(successful + failed, 'measurement')}) while faults were on`;
  const tolerated = toleranceWords(tolerances.during);
  return broken.some(({ phase }) => phase === 'during')
    ? bad(`${share}; tolerated: ${tolerated}${first}`)
    : good(`${share}, which is tolerated (${tolerated})${first}`);
}

const ofOtherPhases = ({ broken }: ProbeReport): readonly Finding[] =>
  broken.filter(({ phase }) => phase !== 'during').map(({ message }) => bad(capital(message)));

/** `at most 3 failures, and 2 one after another`. */
export function toleranceWords({ failures, consecutive }: ExpectedProbe['tolerances']['during']): string {
  if (failures === 0 || consecutive === 0) return 'no failure';
  const bounds = [
    ...(failures === null ? [] : [counted(failures, 'failure')]),
    ...(consecutive === null ? [] : [`${consecutive} one after another`]),
  ];
  return bounds.length === 0 ? 'any failure' : `at most ${bounds.join(', and ')}`;
}

function ofFault({ name, isArmed, injected, matched, unit, isEnough }: FaultReport): Finding {
  if (!isArmed) return bad(`Fault ${name} was never seen armed`);
  const hits = `Fault ${name} hit ${injected} of ${counted(matched, unit)} that matched`;
  return isEnough ? good(hits) : bad(`${hits}: too few to prove anything`);
}

/** That nothing was acknowledged for a while is neither: the probes say whether that is tolerated. */
function ofLedger({ ledger }: Report): readonly Finding[] {
  if (ledger === null) return [];
  const words = `Data ${ledger.data.toLowerCase()}: ${ledger.message}`;
  return [
    ledger.data === 'Intact' ? good(words) : bad(words),
    ...ofRegisters(ledger.result),
    ...ofTraffic(ledger),
  ];
}

function ofRegisters(result: LedgerResult | null): readonly Finding[] {
  if (result === null || result.registers === null) return [];
  const { registers, registerOperations } = result;
  const words = `Registers ${registerWords[registers]}, by ${counted(registerOperations, 'operation')}`;
  return [registers === 'Ok' ? good(words) : bad(words)];
}

function ofTraffic(ledger: LedgerReport): readonly Finding[] {
  const { perSecond, expectedPerSecond } = ledger;
  if (perSecond === null) return [];
  const words = `The ledger had ${rateWords(ledger)}`;
  return [perSecond >= (expectedPerSecond ?? 0) ? good(words) : bad(`${words}: too few to prove anything`)];
}

/** None where nobody was asked. */
function ofRecovery({ recovery, expected }: Report): readonly Finding[] {
  const { recoveryObjectiveMs } = expected;
  if (!isWatched(expected)) return [];
  const stable = recovery.find(({ part }) => part === 'stable');
  const objective = `the objective is ${duration(recoveryObjectiveMs)}`;
  if (stable === undefined) return [bad(`All was not seen well again; ${objective}`)];
  const words = `All was well again ${duration(stable.tookMs)} after the last fault; ${objective}`;
  return [stable.tookMs <= recoveryObjectiveMs ? good(words) : bad(words)];
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
