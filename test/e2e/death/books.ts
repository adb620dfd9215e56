/** Holds what clients were told against what the database has, at the end of an environment. */
import { type Audit, audit, isWhole } from './audit.js';
import { type Address, connect, readBack } from './tables.js';
import type { Transaction } from './transaction.js';

const connectMs = 60_000;

/** Fails when an acknowledged row is gone, a refused one is there, or any is not what was written. */
export async function assertKept(address: Address, transactions: readonly Transaction[]): Promise<Audit> {
  const found = await withConnection(address, readBack);
  const result = audit(transactions, found);
  if (!isWhole(result)) throw new Error(`what was acknowledged is not there: ${JSON.stringify(result)}`);
  return result;
}

export async function withConnection<T>(
  address: Address,
  use: (connection: Awaited<ReturnType<typeof connect>>) => Promise<T>,
): Promise<T> {
  const connection = await connect(address, {
    timeoutMs: connectMs,
    signal: new AbortController().signal,
  });
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}
