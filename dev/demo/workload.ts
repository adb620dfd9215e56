/** Eight clients at once, and all that they were told. */
import { runClient } from './client.js';
import type { Address } from './database.js';
import type { Transaction } from './transaction.js';

export interface Workload {
  readonly transactions: readonly Transaction[];
  /** Lets every client finish the transaction it is in. */
  stop(): Promise<void>;
}

export interface WorkloadOptions {
  readonly address: Address;
  readonly now: () => number;
  /** Ends the clients as `stop` does. */
  readonly signal: AbortSignal;
}

const clients = 8;

export function startWorkload({ address, now, signal }: WorkloadOptions): Workload {
  const stopping = new AbortController();
  const transactions: Transaction[] = [];
  const ids = numbers();
  const either = AbortSignal.any([signal, stopping.signal]);
  const record = (transaction: Transaction): void => void transactions.push(transaction);
  const running = Array.from({ length: clients }, () =>
    runClient({ address, ids, now, record, signal: either }),
  );
  const all = Promise.all(running);
  all.catch(() => undefined);
  return {
    transactions,
    stop: async () => {
      stopping.abort();
      await all;
    },
  };
}

function* numbers(): Generator<number, never> {
  for (let next = 1; ; next += 1) yield next;
}
