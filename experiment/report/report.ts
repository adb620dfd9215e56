/** All that is said of a run, as data: from its journal alone. What is drawn and written of it follows from this. */
import { hitUnitOf } from '../../faults/hit-unit.js';
import { parse } from '../../faults/parse.js';
import { afterEvent } from '../engine/after-event.js';
import { newRun, type Run } from '../engine/run.js';
import type { Expected, JournalEvent, RecoveryPart } from '../journal/events.js';
import type { Journal } from '../journal/read-journal.js';
import type { Judgement } from '../verdict.js';
import { type LedgerReport, ledgerReport } from './ledger-report.js';
import { type PhaseReport, phasesOf, type Span } from './phases.js';
import { type ProbeReport, probeReports } from './probe-report.js';

export interface Report {
  readonly experiment: string;
  readonly version: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly expected: Expected;
  /** Null: the journal ends before the verdict. */
  readonly judgement: Judgement | null;
  readonly phases: readonly PhaseReport[];
  readonly steps: readonly StepReport[];
  readonly faults: readonly FaultReport[];
  readonly probes: readonly ProbeReport[];
  /** Of whoever follows the database; null: nobody was asked. */
  readonly replication: ProbeReport | null;
  readonly recovery: readonly { readonly part: RecoveryPart; readonly tookMs: number }[];
  /** Null: the run had none. */
  readonly ledger: LedgerReport | null;
  readonly notices: readonly Notice[];
  readonly processes: readonly ProcessEvent[];
  readonly journal: { readonly path: string; readonly events: number } & Omit<Journal, 'events'>;
}

export interface StepReport extends Span {
  readonly name: string;
  readonly outcome: 'done' | 'failed' | 'unfinished';
  readonly message: string;
}

export interface FaultReport extends Span {
  readonly name: string;
  readonly step: string;
  readonly sentence: string;
  readonly isArmed: boolean;
  readonly matched: number;
  readonly injected: number;
  /** What it hit, and was counted: an operation, a connection. */
  readonly unit: string;
  /** Did it hit as often as is expected? */
  readonly isEnough: boolean;
}

/** What was refused, broken off or warned of. */
export interface Notice {
  readonly atMs: number;
  readonly kind: 'stopped' | 'step failed' | 'fault left' | 'warning';
  readonly message: string;
}

/** Of the command under test, and of whatever was killed. */
export interface ProcessEvent {
  readonly atMs: number;
  readonly kind: 'began' | 'ended' | 'signalled';
  readonly message: string;
}

export function reportOf({ events, isCut, unknown }: Journal, path: string): Report {
  const [began] = events;
  if (began?.type !== 'run-began') throw new Error('a journal that does not begin');
  const run = events.reduce(afterEvent, newRun);
  const durationMs = events.reduce((most, { atMs }) => Math.max(most, atMs), 0);
  const phases = phasesOf(events, durationMs);
  const { replication } = began.expected;
  return {
    experiment: began.experiment,
    version: began.version,
    startedAt: began.startedAt,
    durationMs,
    expected: began.expected,
    judgement: run.judgement,
    phases,
    steps: stepsOf(run, durationMs),
    faults: faultsOf(events, { run, durationMs, minimumHits: began.expected.minimumHits }),
    probes: probeReports(events, run, began.expected.probes),
    replication: probeReports(events, run, replication === null ? [] : [replication])[0] ?? null,
    recovery: [...run.recovered].map(([part, { tookMs }]) => ({ part, tookMs })),
    ledger: ledgerReport(events, {
      ...{ phases, run, expectedPerSecond: began.expected.minimumOperationsPerSecond },
    }),
    notices: events.flatMap(noticeOf),
    processes: events.flatMap(processEventOf),
    journal: { path, events: events.length, isCut, unknown },
  };
}

const stepsOf = ({ steps }: Run, durationMs: number): readonly StepReport[] =>
  [...steps].map(([name, { beganAtMs, ended }]) => ({
    ...{ name, fromMs: beganAtMs, toMs: ended?.atMs ?? durationMs },
    ...{ outcome: ended?.outcome ?? 'unfinished', message: ended?.message ?? '' },
  }));

/** Of a sentence that this version does not know it is what a disk has. */
function unitOf(sentence: string): string {
  const parsed = parse(sentence);
  return parsed.kind === 'fault' ? hitUnitOf(parsed.fault) : 'operation';
}

/** On since it was seen armed, or else asked for, until its step ended or all faults were seen off. */
function faultsOf(
  events: readonly JournalEvent[],
  { run, durationMs, minimumHits }: { run: Run; durationMs: number; minimumHits: number },
): readonly FaultReport[] {
  const offAtMs = run.recovered.get('faults-off')?.atMs ?? durationMs;
  const since = new Map<string, number>();
  for (const event of events)
    if (event.type === 'fault-asked' || event.type === 'fault-armed') since.set(event.fault, event.atMs);
  return [...run.faults].map(([name, { step, sentence, isArmed, matched, injected }]) => ({
    ...{ name, step, sentence, isArmed, matched, injected, unit: unitOf(sentence) },
    fromMs: since.get(name) ?? 0,
    toMs: run.steps.get(step)?.ended?.atMs ?? offAtMs,
    isEnough: injected >= minimumHits,
  }));
}

function noticeOf(event: JournalEvent): readonly Notice[] {
  const { atMs } = event;
  switch (event.type) {
    case 'stopped':
      return [{ atMs, kind: 'stopped', message: `${event.reason}: ${event.message}` }];
    case 'step-ended':
      return event.outcome === 'failed'
        ? [{ atMs, kind: 'step failed', message: `${event.step}: ${event.message}` }]
        : [];
    case 'faults-left':
      return [{ atMs, kind: 'fault left', message: event.faults.join(', ') }];
    case 'warned':
      return [{ atMs, kind: 'warning', message: event.message }];
    default:
      return [];
  }
}

function processEventOf(event: JournalEvent): readonly ProcessEvent[] {
  const { atMs } = event;
  switch (event.type) {
    case 'command-began':
      return [{ atMs, kind: 'began', message: `the command runs as pid ${event.pid}` }];
    case 'command-ended':
      return [
        { atMs, kind: 'ended', message: `the command, pid ${event.pid}, ended with exit code ${event.code}` },
      ];
    case 'signalled':
      return [{ atMs, kind: 'signalled', message: `pid ${event.pid} got SIG${event.signal}` }];
    default:
      return [];
  }
}
