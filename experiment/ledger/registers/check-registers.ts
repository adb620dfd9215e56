/** Were the registers linearizable, each by itself? What is there in the end counts as one more read. */
import { setImmediate as pause } from 'node:timers/promises';
import type { Clock } from '../../../core/clock.js';
import type { History } from '../history.js';
import { limits } from '../limits.js';
import { type Linearizability, linearize, type Timed } from '../linearizable/linearize.js';
import { type RegisterOperation, register } from '../linearizable/register.js';
import type { RegisterValues } from './register-calls.js';

export interface RegistersResult {
  /** Null where no register was used. Illegal where one is; else Unknown where one was not checked in time. */
  readonly registers: Linearizability | null;
  readonly registerOperations: number;
  /** The first few whose answers contradict each other. */
  readonly illegalRegisters: readonly number[];
}

/** `ended`: what each address that was read back has. */
export async function checkRegisters(
  history: History,
  ended: readonly RegisterValues[],
  clock: Clock,
): Promise<RegistersResult> {
  const { registerCalls } = history;
  const deadlineMs = clock.monotonicMs() + limits.linearizeMs;
  const bounds = { isLate: () => clock.monotonicMs() >= deadlineMs, mostTried: limits.triedOrders };
  const illegal: number[] = [];
  let unknown = 0;
  for (const [number, operations] of byRegister(history, ended)) {
    const answer = bounds.isLate() ? 'Unknown' : linearize(register, operations, bounds);
    if (answer === 'Illegal') illegal.push(number);
    if (answer === 'Unknown') unknown += 1;
    await pause();
  }
  const answer = illegal.length > 0 ? 'Illegal' : unknown > 0 ? 'Unknown' : 'Ok';
  return {
    registers: registerCalls.length === 0 ? null : answer,
    registerOperations: registerCalls.length,
    illegalRegisters: illegal.slice(0, limits.examples),
  };
}

function byRegister(
  { registerCalls, endedMs }: History,
  ended: readonly RegisterValues[],
): ReadonlyMap<number, readonly Timed<RegisterOperation>[]> {
  const registers = new Map<number, Timed<RegisterOperation>[]>();
  const add = (number: number, one: Timed<RegisterOperation>): void => {
    const known = registers.get(number);
    if (known === undefined) registers.set(number, [one]);
    else known.push(one);
  };
  for (const { register: number, operation, calledMs, returnedMs } of registerCalls)
    add(number, { operation, calledMs, returnedMs: returnedMs ?? Number.POSITIVE_INFINITY });
  const lastRead = { calledMs: endedMs, returnedMs: endedMs + 1 };
  for (const values of ended)
    for (const [number, value] of values.entries())
      add(number, { operation: { kind: 'read', value }, ...lastRead });
  return registers;
}
