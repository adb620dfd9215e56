/** One move of the engine, made: each kind in one place, with what there is to write of it. */
import { assertNever } from '../../core/assert-never.js';
import { messageOf } from '../../core/havoc-error.js';
import { phaseOf } from '../engine/hypothesis.js';
import type { Move } from '../engine/moves.js';
import { measuredProbes, type Plan } from '../engine/plan.js';
import type { Run } from '../engine/run.js';
import type { Question } from '../file/probe.js';
import type { Measurement, RunEvent } from '../journal/events.js';
import type { KnownChange, World } from '../world.js';
import type { RunLedger } from './kept-ledger.js';

export interface CarryOutOptions {
  readonly world: World;
  readonly plan: Plan;
  /** Null where the experiment has none. */
  readonly ledger: RunLedger | null;
  /** As its journal tells it by now. */
  readonly run: () => Run;
  /** Milliseconds since the run began as those of the Unix epoch. */
  readonly epochMs: (atMs: number | null) => number | null;
  readonly measure: (question: Question) => Promise<Measurement>;
}

/** Rejects where it could not be made: the engine asks for it again. */
export async function carryOut(move: Move, options: CarryOutOptions): Promise<readonly RunEvent[]> {
  const { world, ledger, measure } = options;
  switch (move.kind) {
    case 'arm':
      return armed(move, options);
    case 'disarm':
      await world.disarm(move.fault, move.place);
      return [];
    case 'hold':
      await world.hold();
      return [];
    case 'plan-change':
      return planned(move, options);
    case 'change':
    case 'take-back':
      return changed(move, options);
    case 'kill':
      await world.kill(move.pid, move.signal);
      return [{ type: 'signalled', step: move.step, pid: move.pid, signal: move.signal }];
    case 'measure':
      return measured(move, options);
    case 'begin-ledger':
      await ledger?.begin();
      return [{ type: 'ledger-began' }];
    case 'read-ledger-back':
      return ledger === null ? [] : [await readBack(ledger)];
    case 'ask':
      return [{ type: 'step-measured', step: move.step, ...(await measure(move.question)) }];
    default:
      return assertNever(move);
  }
}

async function armed(
  { fault, sentence, place }: Extract<Move, { kind: 'arm' }>,
  { world, run }: CarryOutOptions,
): Promise<readonly RunEvent[]> {
  const asked = await world.arm({ fault, sentence, place }, run());
  return asked === sentence ? [] : [{ type: 'seen', subject: fault, message: asked }];
}

async function measured(
  { probe: name, phase: beganIn }: Extract<Move, { kind: 'measure' }>,
  { plan, run, measure }: CarryOutOptions,
): Promise<readonly RunEvent[]> {
  const probe = measuredProbes(plan).find((one) => one.name === name);
  if (probe === undefined) return [];
  const measurement = await measure(probe);
  const phase = phaseOf(beganIn, measurement.outcome, run());
  return [{ type: 'measured', probe: name, phase, ...measurement }];
}

async function planned(
  { step, action, endsAtMs }: Extract<Move, { kind: 'plan-change' }>,
  { world, run }: CarryOutOptions,
): Promise<readonly RunEvent[]> {
  const changes = await world.planChange(action, run());
  if (changes.length === 0) throw new Error('there is nothing that it could be done to');
  return changes.map(({ subject, was }) => ({
    type: 'change-planned',
    ...{ change: `${step}@${subject.name}`, step, subject, was },
    ...(endsAtMs !== null && { endsAtMs }),
  }));
}

async function changed(
  { kind, change: name }: Extract<Move, { kind: 'change' | 'take-back' }>,
  { world, plan, run, epochMs }: CarryOutOptions,
): Promise<readonly RunEvent[]> {
  const known = run().changes.get(name);
  const action = plan.steps.find(({ id }) => id === known?.step)?.action;
  if (known === undefined || action?.kind !== 'change') return [];
  const { step, subject, was } = known;
  const written: KnownChange = { step, subject, was, endsAtMs: epochMs(known.endsAtMs) };
  return kind === 'change'
    ? [{ type: 'change-made', change: name, message: await world.change(written, action) }]
    : [{ type: 'change-taken-back', change: name, message: await world.takeBack(written, action) }];
}

async function readBack(ledger: RunLedger): Promise<RunEvent> {
  try {
    return { type: 'ledger-read', result: await ledger.readBack() };
  } catch (error) {
    return { type: 'ledger-unread', message: messageOf(error) };
  }
}
