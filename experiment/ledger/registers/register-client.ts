/** Reads, writes and swaps registers, by turns, a few at once. */
import type { Answer, Connection, Kept, Registers } from '../databases/database.js';
import { limits } from '../limits.js';
import type { RegisterOperation } from '../linearizable/register.js';
import { type RegisterCall, registerName } from './register-calls.js';

type Kind = RegisterOperation['kind'];

export interface Turn {
  readonly register: number;
  readonly kind: Kind;
  /** No other turn has it. */
  readonly value: string;
}

/** What is to be done next, whoever does it: each register gets all kinds, and then the next one is begun. */
export class RegisterTurns {
  #count = 0;

  /** Null when there are enough. */
  next(): Turn | null {
    const { registersAtOnce, registerOperations, registers } = limits;
    const count = this.#count;
    const register =
      Math.floor(count / (registersAtOnce * registerOperations)) * registersAtOnce +
      (count % registersAtOnce);
    if (register >= registers) return null;
    this.#count += 1;
    const kind = kinds[Math.floor(count / registersAtOnce) % kinds.length] ?? 'read';
    return { register, kind, value: String(count) };
  }
}

const kinds: readonly Kind[] = ['write', 'read', 'compare-and-set'];

export interface RegisterClientOptions {
  readonly turns: RegisterTurns;
  /** Of each register, what it had when somebody last knew. */
  readonly known: Map<number, string>;
  readonly now: () => number;
  readonly record: (call: RegisterCall) => void;
}

/** One operation. False: do not go on with this connection. */
export async function operateRegister(
  connection: Connection,
  options: RegisterClientOptions,
): Promise<boolean> {
  const { turns, known, now, record } = options;
  const turn = turns.next();
  if (connection.registers === null || turn === null) return false;
  const { register } = turn;
  const calledMs = now();
  const asked = askFor(turn, known.get(register));
  const told = await ask(connection.registers, registerName(register), asked);
  if (told.kind === 'refused') return false;
  const hasAnswer = told.kind === 'answered';
  const { operation } = told;
  // A read without an answer says nothing.
  if (hasAnswer || operation.kind !== 'read')
    record({ register, operation, calledMs, returnedMs: hasAnswer ? now() : null });
  if (hasAnswer && operation.value !== null && !(operation.kind === 'compare-and-set' && !operation.swapped))
    known.set(register, operation.value);
  return hasAnswer;
}

/** To swap what nobody has seen would never succeed. */
function askFor({ kind, value }: Turn, known: string | undefined): RegisterOperation {
  if (kind === 'read') return { kind, value: null };
  if (kind === 'write' || known === undefined) return { kind: 'write', value };
  return { kind, expected: known, value, swapped: null };
}

type Told =
  | { readonly kind: 'answered' | 'unanswered'; readonly operation: RegisterOperation }
  | { readonly kind: 'refused' };

async function ask(registers: Registers, name: string, asked: RegisterOperation): Promise<Told> {
  try {
    return await answerOf(registers, name, asked);
  } catch {
    return { kind: 'unanswered', operation: asked };
  }
}

async function answerOf(registers: Registers, name: string, asked: RegisterOperation): Promise<Told> {
  if (asked.kind === 'read')
    return { kind: 'answered', operation: { kind: 'read', value: await registers.read(name) } };
  const answer: Answer | Kept =
    asked.kind === 'write'
      ? await registers.write(name, asked.value)
      : await registers.compareAndSet(name, asked.expected, asked.value);
  if (answer.kind === 'refused') return answer;
  const operation = asked.kind === 'write' ? asked : { ...asked, swapped: answer.kind === 'acknowledged' };
  return { kind: 'answered', operation };
}
