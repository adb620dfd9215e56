/** Judges a ledger again from what is left of it on disk. */
import type { Clock } from '../../core/clock.js';
import { readHistory } from './history-file.js';
import type { LedgerOptions } from './ledger.js';
import { limits } from './limits.js';
import { readAllBack } from './read-back.js';
import { judgeLedger, type LedgerResult } from './result.js';

/** Later, from what is left in the state folder: also of a process that was killed. */
export async function readBackLedger(
  { stateDir, readBackFrom: targets, password, operationTimeoutMs, readBackMs }: ReadBackLedgerOptions,
  clock: Clock,
): Promise<LedgerResult> {
  const history = await readHistory(stateDir);
  const own = { ...history.beginning.target, ...(password !== undefined && { password }) };
  const readBack = await readAllBack(history, targets ?? [own], {
    clock,
    operationTimeoutMs: operationTimeoutMs ?? limits.operationTimeoutMs.usual,
    boundMs: readBackMs ?? limits.readBackMs,
  });
  return judgeLedger(history, readBack, clock);
}

export interface ReadBackLedgerOptions
  extends Pick<LedgerOptions, 'stateDir' | 'readBackFrom' | 'operationTimeoutMs' | 'readBackMs'> {
  readonly password?: string;
}
