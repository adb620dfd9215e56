/** What a ledger says in the end, as whoever reads it from elsewhere must find it. Fields of a later version are left out. */
import * as z from 'zod';
import { dataVerdicts } from '../verdict.js';
import type { LedgerResult } from './result.js';

const count = z.int().min(0);
const ms = z.number().min(0);
const spans = z.array(z.object({ fromMs: ms, toMs: ms }));
const thereAndGone = z.object({ there: count, gone: count });
const examples = z.array(z.object({ number: count, atMs: ms.nullable() }));

export const ledgerResult: z.ZodType<LedgerResult> = z.object({
  data: z.enum(dataVerdicts),
  message: z.string(),
  startedAt: z.string(),
  endedMs: ms,
  ...{ acknowledged: count, lost: count, stale: count, duplicated: count, corrupt: count },
  ...{ refused: thereAndGone, unknown: thereAndGone },
  registers: z.enum(['Ok', 'Illegal', 'Unknown']).nullable(),
  registerOperations: count,
  illegalRegisters: z.array(count),
  unavailable: spans,
  latency: z.object({ p50Ms: ms, p90Ms: ms, p99Ms: ms, maxMs: ms }).nullable(),
  examples: z.object({
    ...{ lost: examples, stale: examples, duplicated: examples, corrupt: examples },
    refusedAndThere: examples,
  }),
});
