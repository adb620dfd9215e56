/** What a pod that keeps ledgers says of them: at this moment, and of those that were read back. */
import * as z from 'zod';
import { ledgerResult } from '../result-shape.js';

/** `ended`: it writes no more, and can be read back. */
const ledgerStates = ['idle', 'writes', 'ended', 'reads-back', 'judged', 'failed'] as const;

export type LedgerState = (typeof ledgerStates)[number];

const ms = z.number().min(0);
const count = z.int().min(0);

export const ledgerPage = z.object({
  /** The UID of the pod; null: it was not told. */
  pod: z.string().nullable(),
  /** The UID of the run that it keeps a ledger of; null: of none. */
  run: z.string().nullable(),
  state: z.enum(ledgerStates),
  /** Why it is in this state, where there is something to be said. */
  message: z.string().nullable(),
  now: z
    .object({
      ...{ acknowledged: count, refused: count, unknown: count, wrongReads: count },
      ...{ perSecond: z.number().min(0), unavailableMs: ms },
    })
    .nullable(),
  /** Of writes that were acknowledged within the last second. */
  latency: z.object({ p50Ms: ms, p99Ms: ms }).nullable(),
});

export const ledgerReport = z.object({
  run: z.string(),
  /** Null: it could not be read back. */
  result: ledgerResult.nullable(),
  message: z.string(),
});

export const ledgerReports = z.object({ pod: z.string().nullable(), reports: z.array(ledgerReport) });

export type LedgerPage = z.output<typeof ledgerPage>;
export type LedgerReport = z.output<typeof ledgerReport>;
export type LedgerReports = z.output<typeof ledgerReports>;

/** Where they are read, by HTTP. */
export const ledgerPaths = { now: '/v1/ledger', reports: '/v1/report' } as const;
