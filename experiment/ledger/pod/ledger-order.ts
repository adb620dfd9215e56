/**
 * What a pod that keeps ledgers is to do, as an annotation of it says: it is written by whoever carries a run on, and what
 * it says is to be so, however often it is read.
 */
import * as z from 'zod';
import { jsonOf } from '../../../core/json.js';
import { limits } from '../limits.js';

/** A UID as the API server makes it: it is the name of a folder. */
const uid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isRun = (text: string): boolean => uid.test(text);

const ledgerOrder = z.object({
  /** The UID of the run. Each has a ledger of its own. */
  run: z.string().regex(uid),
  want: z.enum(['write', 'read-back']),
  /** Nothing is written after this time, whatever became of whoever asked. */
  until: z.iso.datetime(),
  writers: z.int().min(1).max(limits.writers),
  readers: z.int().min(0).max(limits.readers),
  operationTimeoutMs: z.int().min(1).max(limits.operationTimeoutMs.longest),
});

export type LedgerOrder = z.output<typeof ledgerOrder>;

/** Null where it is none. */
export function readLedgerOrder(text: string): LedgerOrder | null {
  const read = ledgerOrder.safeParse(jsonOf(text));
  return read.success ? read.data : null;
}
