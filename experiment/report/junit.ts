/**
 * JUnit XML, as GitLab, Jenkins and the actions for GitHub read it. Failed is a `failure`; whatever else is no pass is an
 * `error`, for `skipped` would be green.
 */
import { isWatched, type Phase } from '../journal/events.js';
import { type Markup, markup } from './markup.js';
import type { ProbeReport } from './probe-report.js';
import type { Report, StepReport } from './report.js';
import { summaryOf, toleranceWords } from './summary.js';
import { counted, duration, moment } from './words.js';

interface Case {
  readonly name: string;
  readonly tookMs: number;
  /** Null: it is well. */
  readonly flaw: Flaw | null;
}

interface Flaw {
  readonly kind: 'failure' | 'error';
  readonly type: string;
  readonly message: string;
}

export function junitOf(report: Report): string {
  const { experiment, startedAt, durationMs, version, judgement, journal } = report;
  const cases = [
    hypothesisCase(report),
    ...report.probes.map((probe) => probeCase(probe, report)),
    ...report.steps.map(stepCase),
    recoveryCase(report),
    ledgerCase(report),
    verdictCase(report),
  ].filter((one) => one !== null);
  const count = (kind: Flaw['kind']): number => cases.filter(({ flaw }) => flaw?.kind === kind).length;
  const counts = markup`tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="0" time="${seconds(durationMs)}"`;
  const properties = [
    ['verdict', judgement?.verdict ?? 'none'],
    ['data', judgement?.data ?? 'Unknown'],
    ['deviated', String(judgement?.deviated ?? false)],
    ['journal', journal.path],
    ['havock8s', version],
  ].map(([name = '', value = '']) => markup`      <property name="${name}" value="${value}"/>\n`);
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="havock8s" ${counts}>
  <testsuite name="${experiment}" ${counts} timestamp="${startedAt.replace(/(\.\d+)?Z$/, '')}">
    <properties>
${properties}    </properties>
${cases.map((one) => caseElement(one, experiment))}  </testsuite>
</testsuites>
`.text;
}

function caseElement({ name, tookMs, flaw }: Case, experiment: string): Markup {
  const head = markup`name="${name}" classname="${experiment}" time="${seconds(tookMs)}"`;
  if (flaw === null) return markup`    <testcase ${head}/>\n`;
  const { type, message } = flaw;
  const body = markup` type="${type}" message="${message}">${message}`;
  const element = flaw.kind === 'failure' ? markup`<failure${body}</failure>` : markup`<error${body}</error>`;
  return markup`    <testcase ${head}>
      ${element}
    </testcase>\n`;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

const tookMs = ({ phases }: Report, wanted: Phase): number =>
  phases.filter(({ phase }) => phase === wanted).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);

const began = ({ phases }: Report, wanted: Phase): boolean => phases.some(({ phase }) => phase === wanted);

/** Null where there is none to hold. */
function hypothesisCase(report: Report): Case | null {
  if (report.expected.probes.length === 0 && report.ledger === null) return null;
  const message = report.judgement?.message ?? 'the journal ends before the hypothesis held';
  const flaw: Flaw = { kind: 'error', type: 'HypothesisNotHeldBefore', message };
  return {
    name: 'hypothesis holds before the first fault',
    tookMs: tookMs(report, 'before'),
    flaw: began(report, 'during') ? null : flaw,
  };
}

/** Null where no fault came: the hypothesis did not hold before, and that is told once. */
function probeCase(probe: ProbeReport, report: Report): Case | null {
  if (!began(report, 'during')) return null;
  return {
    name: `probe ${probe.name} holds while faults are on`,
    tookMs: tookMs(report, 'during'),
    flaw: probeFlaw(probe, report.expected.minimumMeasurements),
  };
}

function probeFlaw(probe: ProbeReport, minimum: number): Flaw | null {
  const { broken, firstFailure, phases, tolerances } = probe;
  const { successful, failed } = phases.during;
  if (broken.some(({ phase }) => phase === 'during')) {
    const first = firstFailure ? `; first after ${moment(firstFailure.atMs)}: ${firstFailure.seen}` : '';
    return {
      kind: 'failure',
      type: 'HypothesisFailed',
      message: `failed ${failed} of ${counted(successful + failed, 'measurement')}; tolerated: ${toleranceWords(tolerances.during)}${first}`,
    };
  }
  if (successful + failed >= minimum) return null;
  const message = `was measured ${counted(successful + failed, 'time')}; expected at least ${minimum}`;
  return { kind: 'error', type: 'TooFewMeasurements', message };
}

const stepCase = ({ name, outcome, message, fromMs, toMs }: StepReport): Case => ({
  name: `step ${name}`,
  tookMs: toMs - fromMs,
  flaw:
    outcome === 'done'
      ? null
      : { kind: 'error', type: 'StepFailed', message: outcome === 'failed' ? message : 'it did not end' },
});

/** Null where the run ended before, which the verdict tells, or nobody was asked. */
function recoveryCase(report: Report): Case | null {
  const { recovery, expected, probes } = report;
  if (!began(report, 'after') || !isWatched(expected)) return null;
  const relapse = probes.flatMap(({ broken }) => broken).find(({ phase }) => phase === 'after');
  const objective = duration(expected.recoveryObjectiveMs);
  const stable = recovery.find(({ part }) => part === 'stable');
  const flaw = (type: string, message: string): Flaw => ({ kind: 'failure', type, message });
  return {
    name: 'recovery within the objective',
    tookMs: stable?.tookMs ?? tookMs(report, 'after'),
    flaw: relapse
      ? flaw('HypothesisFailed', relapse.message)
      : stable === undefined
        ? flaw('NotRecovered', `all was not seen well again; the objective is ${objective}`)
        : stable.tookMs <= expected.recoveryObjectiveMs
          ? null
          : flaw('RecoveryTooSlow', `it took ${duration(stable.tookMs)}; the objective is ${objective}`),
  };
}

/** Null where the run had no ledger. */
function ledgerCase({ ledger, durationMs }: Report): Case | null {
  if (ledger === null) return null;
  const { data, message } = ledger;
  const kind = data === 'Unknown' ? 'error' : 'failure';
  return {
    ...{ name: 'the ledger finds the data intact', tookMs: durationMs },
    flaw: data === 'Intact' ? null : { kind, type: `Data${data}`, message },
  };
}

function verdictCase(report: Report): Case {
  const { judgement, durationMs } = report;
  const name = 'verdict';
  if (judgement === null)
    return {
      ...{ name, tookMs: durationMs },
      flaw: { kind: 'error', type: 'NoVerdict', message: summaryOf(report).meaning },
    };
  const { verdict, reason, message } = judgement;
  return {
    ...{ name, tookMs: durationMs },
    flaw:
      verdict === 'Passed'
        ? null
        : { kind: verdict === 'Failed' ? 'failure' : 'error', type: reason, message },
  };
}
