/** Clients that work on the database by several ways at once, and all that each was told. */

import { runClient } from './client.js';
import type { Address } from './tables.js';
import type { Transaction } from './transaction.js';

const clientsEach = 4;
/** Somewhat longer than a client waits for a database that does not answer. */
const stopMs = 70_000;

export class Load {
  readonly ways: Readonly<Record<string, readonly Transaction[]>>;
  readonly #stopping = new AbortController();
  readonly #running: Promise<unknown>;

  /** `ids` go on where another load ended. */
  constructor(ways: Readonly<Record<string, Address>>, ids: Iterator<number, never>) {
    const recorded = Object.entries(ways).map(
      ([way, address]) => [way, address, [] as Transaction[]] as const,
    );
    this.ways = Object.fromEntries(recorded.map(([way, , transactions]) => [way, transactions]));
    const clients = recorded.flatMap(([, address, transactions]) =>
      Array.from({ length: clientsEach }, () =>
        runClient({
          address,
          ids,
          now: () => performance.now(),
          record: (transaction) => void transactions.push(transaction),
          signal: this.#stopping.signal,
        }),
      ),
    );
    this.#running = Promise.all(clients);
    this.#running.catch(() => {});
  }

  get all(): readonly Transaction[] {
    return Object.values(this.ways).flat();
  }

  /** Every client ends the transaction it is in. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const bound = new Promise((_, reject) => {
      setTimeout(() => reject(new Error(`a client waits for ${stopMs} ms`)), stopMs).unref();
    });
    await Promise.race([this.#running, bound]);
  }

  /** Whatever becomes of those that wait for a database that is gone. */
  abandon(): void {
    this.#stopping.abort();
  }
}

export function* numbers(): Generator<number, never> {
  for (let next = 1; ; next += 1) yield next;
}

/** From one acknowledgement to the next, of whichever client: how long there was none. */
export function longestSilenceMs(transactions: readonly Transaction[]): number {
  const ends = transactions
    .filter(({ outcome }) => outcome === 'acknowledged')
    .map(({ endedMs }) => endedMs)
    .sort((one, other) => one - other);
  return Math.max(0, ...ends.slice(1).map((end, index) => end - (ends[index] ?? end)));
}

export function tellTransactions(transactions: readonly Transaction[]): string {
  const count = (outcome: Transaction['outcome']): number =>
    transactions.filter((transaction) => transaction.outcome === outcome).length;
  const tookMs = transactions.map(({ startedMs, endedMs }) => endedMs - startedMs).sort((a, b) => a - b);
  const at = (share: number): string => (tookMs[Math.floor(share * (tookMs.length - 1))] ?? 0).toFixed(0);
  return `${count('acknowledged')} acknowledged, ${count('refused')} refused, ${count('unknown')} unknown; took ${at(0.5)} ms (median), ${at(0.99)} ms (p99), ${at(1)} ms (longest); longest silence ${longestSilenceMs(transactions).toFixed(0)} ms`;
}
