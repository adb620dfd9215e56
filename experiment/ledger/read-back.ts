/** Reads everything that is there, from every address, and waits for a database that is away; bounded. */
import type { Clock } from '../../core/clock.js';
import { hasCode, messageOf } from '../../core/havoc-error.js';
import { printable } from '../../core/printable.js';
import { sleep } from '../../core/sleep.js';
import type { LedgerTarget } from './databases/database.js';
import { databases } from './databases/databases.js';
import { FoundTable } from './found-table.js';
import { type History, spaceOf } from './history.js';
import { limits } from './limits.js';
import type { RegisterValue } from './linearizable/register.js';
import { type RegisterValues, registerName } from './registers/register-calls.js';

/** What was found when all was read back. */
export type ReadBack =
  | { readonly kind: 'read'; readonly found: readonly Found[] }
  | { readonly kind: 'failed'; readonly why: string }
  /** The database itself says that its data is damaged. */
  | { readonly kind: 'damaged'; readonly why: string };

/** At one address. */
export interface Found {
  readonly entries: FoundTable;
  readonly registers: RegisterValues;
}

export interface ReadBackOptions {
  readonly clock: Clock;
  readonly operationTimeoutMs: number;
  /** Of all of it. */
  readonly boundMs: number;
}

/** Each of `targets` must have everything. */
export async function readAllBack(
  history: History,
  targets: readonly LedgerTarget[],
  options: ReadBackOptions,
): Promise<ReadBack> {
  const deadlineMs = options.clock.monotonicMs() + options.boundMs;
  const found: Found[] = [];
  for (const target of targets) {
    const one = await readSettled(history, target, { ...options, deadlineMs });
    if ('kind' in one) return one;
    found.push(one);
  }
  return { kind: 'read', found };
}

interface Deadline extends ReadBackOptions {
  readonly deadlineMs: number;
}

type Failure = Exclude<ReadBack, { readonly kind: 'read' }>;

/** A replica may still be catching up: for as long as fewer writes are missing each time, it is asked again. */
async function readSettled(
  history: History,
  target: LedgerTarget,
  deadline: Deadline,
): Promise<Found | Failure> {
  let missingBefore = Number.POSITIVE_INFINITY;
  for (;;) {
    const found = await readPatiently(history, target, deadline);
    if ('kind' in found) return found;
    const missing = countMissing(history, found.entries);
    const isLate = deadline.clock.monotonicMs() + limits.settleMs >= deadline.deadlineMs;
    if (missing === 0 || missing >= missingBefore || isLate) return found;
    missingBefore = missing;
    await sleep(limits.settleMs, deadline);
  }
}

function countMissing({ writes }: History, found: FoundTable): number {
  let missing = 0;
  for (const number of writes.numbers('acknowledged')) if (found.copiesOf(number) === 0) missing += 1;
  return missing;
}

async function readPatiently(
  history: History,
  target: LedgerTarget,
  deadline: Deadline,
): Promise<Found | Failure> {
  const { clock, deadlineMs } = deadline;
  const { first, longest } = limits.reconnectMs;
  let why: string | null = null;
  for (let pauseMs: number = first; ; pauseMs = Math.min(longest, pauseMs * 2)) {
    try {
      return await readOnceFrom(history, target, deadline);
    } catch (error) {
      const said = `${target.url}: ${printable(messageOf(error).slice(0, limits.whyCharacters))}`;
      // The last attempt has little time left, and then says no more than that.
      why ??= said;
      if (hasCode(error, 'ledger.damaged')) return { kind: 'damaged', why: said };
      if (clock.monotonicMs() + pauseMs >= deadlineMs) return { kind: 'failed', why };
      await sleep(pauseMs, { clock });
    }
  }
}

async function readOnceFrom(
  { beginning, writes, registerCalls }: History,
  target: LedgerTarget,
  { clock, operationTimeoutMs, deadlineMs }: Deadline,
): Promise<Found> {
  const timeoutMs = Math.max(1, Math.min(operationTimeoutMs, deadlineMs - clock.monotonicMs()));
  const connection = await databases[target.kind].connect({
    target,
    space: spaceOf(beginning),
    timeoutMs,
    clock,
  });
  try {
    const checkTime = (): void => {
      if (clock.monotonicMs() >= deadlineMs) throw new Error('all was not read within the time for it');
    };
    const entries = new FoundTable(beginning.id);
    for await (const page of connection.readAll(writes.highest)) {
      for (const entry of page) entries.add(entry);
      checkTime();
    }
    const registers: RegisterValue[] = [];
    const count = 1 + registerCalls.reduce((most, { register }) => Math.max(most, register), -1);
    for (let register = 0; register < count; register += 1) {
      registers.push((await connection.registers?.read(registerName(register))) ?? null);
      checkTime();
    }
    return { entries, registers };
  } finally {
    connection.close();
  }
}
