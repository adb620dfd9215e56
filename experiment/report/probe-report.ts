/** What each probe measured, phase by phase, and what that says of the hypothesis. */
import { brokenMessage } from '../engine/hypothesis.js';
import type { ProbeTally } from '../engine/probe-tally.js';
import type { Run } from '../engine/run.js';
import type { ExpectedProbe, JournalEvent } from '../journal/events.js';
import { type Latency, latencyOf } from '../latency.js';

export const comparedPhases = ['before', 'during', 'after'] as const;
export type ComparedPhase = (typeof comparedPhases)[number];

export interface ProbeReport extends ExpectedProbe {
  readonly phases: Readonly<Record<ComparedPhase, Figures>>;
  /** The phases in which more failed than is tolerated, each in a sentence. */
  readonly broken: readonly { readonly phase: ComparedPhase; readonly message: string }[];
  readonly mostFailedInARow: number;
  /** While faults were on. */
  readonly firstFailure: { readonly atMs: number; readonly seen: string } | null;
}

export interface Figures {
  readonly successful: number;
  readonly failed: number;
  /** Inconclusive and Error: nothing was learned. */
  readonly unlearned: number;
  /** Of what was learned, 0 to 1; null: nothing was. */
  readonly errorRate: number | null;
  /** Of what was learned, failures included: a timeout counts for as long as it was waited. Null also of a ledger: it answers from memory. */
  readonly latency: Latency | null;
  /** The numbers that its condition looked at; null: none. */
  readonly values: { readonly least: number; readonly most: number } | null;
}

export type Measured = Extract<JournalEvent, { readonly type: 'measured' }>;

export function probeReports(
  events: readonly JournalEvent[],
  run: Run,
  expected: readonly ExpectedProbe[],
): readonly ProbeReport[] {
  const measured = events.filter(isMeasured);
  return expected.map((expectation) =>
    probeReport(
      expectation,
      measured.filter(({ probe }) => probe === expectation.name),
      run,
    ),
  );
}

export const isMeasured = (event: JournalEvent): event is Measured => event.type === 'measured';

function probeReport(probe: ExpectedProbe, measured: readonly Measured[], run: Run): ProbeReport {
  const { name } = probe;
  const tally = run.tallies.during.get(name);
  const holdsSinceMs = baselineSince(run.tallies.before.get(name));
  const figures = (phase: ComparedPhase): Figures =>
    figuresOf(
      measured.filter((one) => one.phase === phase && (phase !== 'before' || one.atMs >= holdsSinceMs)),
      hasLatency(probe),
    );
  return {
    ...probe,
    phases: { before: figures('before'), during: figures('during'), after: figures('after') },
    broken: comparedPhases.flatMap((phase) => {
      const message = brokenMessage(probe, phase, run);
      return message === null ? [] : [{ phase, message }];
    }),
    mostFailedInARow: tally?.mostFailedInARow ?? 0,
    firstFailure: tally?.firstFailure ?? null,
  };
}

/** What was measured while the program under test was still starting is no baseline; where it never held, all is shown. */
const baselineSince = (tally: ProbeTally | undefined): number => tally?.holdsSinceMs ?? 0;

/** How long it takes to ask says something of what is asked. */
export const hasLatency = ({ kind }: ExpectedProbe): boolean => kind !== 'ledger';

function figuresOf(measured: readonly Measured[], isTimed: boolean): Figures {
  const count = (outcome: string): number => measured.filter((one) => one.outcome === outcome).length;
  const [successful, failed] = [count('Successful'), count('Failed')];
  const learned = successful + failed;
  return {
    ...{ successful, failed, unlearned: measured.length - learned },
    errorRate: learned === 0 ? null : failed / learned,
    latency: latencyOf(
      measured
        .filter(({ outcome }) => isTimed && (outcome === 'Successful' || outcome === 'Failed'))
        .map(({ tookMs }) => tookMs),
    ),
    values: rangeOf(measured.flatMap(({ value }) => value ?? [])),
  };
}

const rangeOf = (values: readonly number[]): Figures['values'] =>
  values.length === 0
    ? null
    : values.reduce(
        ({ least, most }, value) => ({ least: Math.min(least, value), most: Math.max(most, value) }),
        { least: Number.POSITIVE_INFINITY, most: Number.NEGATIVE_INFINITY },
      );
