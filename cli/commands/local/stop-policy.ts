/**
 * What a signal that reaches havock8s means for COMMAND. A terminal's Ctrl-C has reached COMMAND as well, and may
 * mean something else to it than its end (psql cancels a query), so that the first one is left to it.
 *
 *     running ─► interrupted ─► terminated ─► killed ─► given up
 *         each step further by the next signal, or when the time it gives has passed
 */
import { assertNever } from '../../../core/assert-never.js';
import { stopTimes } from './timeouts.js';

export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
export type StopSignal = (typeof stopSignals)[number];

export type Stage = 'running' | 'interrupted' | 'terminated' | 'killed' | 'given-up';

export interface StopState {
  readonly stage: Stage;
  /** When the terminal's Ctrl-C was last left to COMMAND. */
  readonly leftMs: number | null;
}

export interface SignalFacts {
  readonly nowMs: number;
  readonly hasTerminal: boolean;
  /** The terminal has sent it to COMMAND too. */
  readonly isShared: boolean;
}

export type StopStep =
  /** COMMAND has it already, and it need not mean the end. */
  | { readonly kind: 'leave' }
  /** Passed on, whatever COMMAND makes of it. */
  | { readonly kind: 'pass'; readonly signal: StopSignal }
  /** COMMAND is to end: this signal, and the next stage once the time has passed. */
  | { readonly kind: 'end'; readonly signal: NodeJS.Signals; readonly graceMs: number }
  /** Not even SIGKILL ends it: it waits in the kernel, and is left to it. */
  | { readonly kind: 'give-up' };

export const running: StopState = { stage: 'running', leftMs: null };

export interface Stopping {
  readonly state: StopState;
  readonly step: StopStep;
}

export function onSignal(state: StopState, signal: StopSignal, facts: SignalFacts): Stopping {
  switch (signal) {
    case 'SIGQUIT':
      return { state, step: facts.isShared ? { kind: 'leave' } : { kind: 'pass', signal } };
    case 'SIGHUP':
      return facts.hasTerminal ? beyond(state, 'terminated') : { state, step: { kind: 'pass', signal } };
    case 'SIGTERM':
      return beyond(state, 'terminated');
    case 'SIGINT':
      return facts.isShared ? onCtrlC(state, facts.nowMs) : beyond(state, 'interrupted');
    default:
      return assertNever(signal);
  }
}

/** Once the time of a stage has passed. */
export function onTimeout(state: StopState): Stopping {
  return enter(next(state.stage));
}

function onCtrlC(state: StopState, nowMs: number): Stopping {
  const isAgain = state.leftMs !== null && nowMs - state.leftMs <= stopTimes.againMs;
  if (state.stage !== 'running' || isAgain) return beyond(state, 'terminated');
  return { state: { stage: 'running', leftMs: nowMs }, step: { kind: 'leave' } };
}

const stages: readonly Stage[] = ['running', 'interrupted', 'terminated', 'killed', 'given-up'];

function next(stage: Stage): Stage {
  return stages[stages.indexOf(stage) + 1] ?? 'given-up';
}

/** To that stage at least, and always one further than now. */
function beyond({ stage }: StopState, least: Stage): Stopping {
  const further = next(stage);
  return enter(stages.indexOf(further) > stages.indexOf(least) ? further : least);
}

function enter(stage: Stage): Stopping {
  const state: StopState = { stage, leftMs: null };
  switch (stage) {
    case 'running':
      return { state, step: { kind: 'leave' } };
    case 'interrupted':
      return { state, step: { kind: 'end', signal: 'SIGINT', graceMs: stopTimes.interruptedMs } };
    case 'terminated':
      return { state, step: { kind: 'end', signal: 'SIGTERM', graceMs: stopTimes.terminatedMs } };
    case 'killed':
      return { state, step: { kind: 'end', signal: 'SIGKILL', graceMs: stopTimes.killedMs } };
    case 'given-up':
      return { state, step: { kind: 'give-up' } };
    default:
      return assertNever(stage);
  }
}
