/** What a line of the journal must look like: one schema for each type of event, held by the compiler to `RunEvent`. */
import * as z from 'zod';
import { ledgerResult } from '../ledger/result-shape.js';
import { dataVerdicts, verdicts } from '../verdict.js';
import { type Outcome, type Phase, type RunEvent, recoveryParts } from './events.js';

type Shapes = {
  readonly [T in RunEvent['type']]: z.ZodType<Omit<Extract<RunEvent, { readonly type: T }>, 'type'>>;
};

const text = z.string();
const pid = z.int();
const count = z.int().min(0);
const ms = z.number().min(0);
const phase = z.enum(['before', 'during', 'after', 'finally', 'over'] satisfies Phase[]);
const measurement = {
  outcome: z.enum(['Successful', 'Failed', 'Inconclusive', 'Error'] satisfies Outcome[]),
  seen: text,
  tookMs: ms,
  value: z.number().exactOptional(),
};

const tolerance = { failures: count.nullable(), consecutive: count.nullable() };
const settling = z.object({ ...tolerance, successes: count, stableForMs: ms });

const probe = z.object({
  name: text,
  kind: text,
  says: text,
  tolerances: z.object({ before: settling, during: z.object(tolerance), after: settling }),
});

const expected = z.object({
  description: text,
  recoveryObjectiveMs: ms,
  minimumMeasurements: count,
  minimumHits: count,
  minimumOperationsPerSecond: z.number().min(0).nullable(),
  probes: z.array(probe),
  replication: probe.nullable(),
});

const place = z.object({ pod: text, uid: text, node: text, role: text.nullable() });
const changed = z.object({ change: text, message: text });

/** Fields of a later version are left out. */
export const eventShapes: Shapes = {
  'run-began': z.object({
    experiment: text,
    version: text,
    startedAt: z.iso.datetime({ offset: true }),
    expected,
  }),
  'phase-began': z.object({ phase }),
  measured: z.object({ probe: text, phase, ...measurement }),
  'step-began': z.object({ step: text, pid: pid.exactOptional() }),
  'targets-resolved': z.object({ targets: z.record(text, z.array(place)) }),
  'fault-asked': z.object({
    ...{ step: text, fault: text, sentence: text },
    place: place.exactOptional(),
    endsAtMs: z.number().exactOptional(),
  }),
  'fault-armed': z.object({ fault: text }),
  'fault-counted': z.object({ fault: text, matched: count, injected: count }),
  'fault-unverified': z.object({ fault: text, message: text }),
  'change-planned': z.object({
    change: text,
    step: text,
    subject: z.object({ kind: text, name: text, uid: text }),
    was: z.record(text, z.unknown()),
    endsAtMs: z.number().exactOptional(),
  }),
  'change-made': changed,
  'change-taken-back': changed,
  'changes-left': z.object({ changes: z.array(text) }),
  'two-primaries': z.object({ target: text, message: text }),
  seen: z.object({ subject: text, message: text }),
  signalled: z.object({ step: text, pid, signal: text }),
  'step-measured': z.object({ step: text, ...measurement }),
  'step-ended': z.object({ step: text, outcome: z.enum(['done', 'failed']), message: text }),
  'command-began': z.object({ pid }),
  'command-ended': z.object({ pid, code: z.int() }),
  stopped: z.object({
    verdict: z.enum(['Failed', 'Inconclusive', 'Aborted', 'Error']),
    reason: text,
    message: text,
    refusals: z.array(text).exactOptional(),
  }),
  'faults-left': z.object({ faults: z.array(text) }),
  recovered: z.object({ part: z.enum(recoveryParts), tookMs: ms }),
  'ledger-began': z.object({}),
  traffic: z.object({
    ...{ acknowledged: count, refused: count, unknown: count },
    ...{ p50Ms: ms.nullable(), p99Ms: ms.nullable() },
  }),
  'ledger-read': z.object({ result: ledgerResult }),
  'ledger-unread': z.object({ message: text }),
  warned: z.object({ message: text }),
  judged: z.object({
    verdict: z.enum(verdicts),
    data: z.enum(dataVerdicts),
    deviated: z.boolean(),
    reason: text,
    message: text,
  }),
};
