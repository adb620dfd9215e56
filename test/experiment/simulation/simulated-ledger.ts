/** A ledger that finds nothing wrong, or a loss, or fails, or never comes back. */

import type { LedgerNow } from '../../../experiment/ledger/ledger-now.js';
import type { LedgerResult } from '../../../experiment/ledger/result.js';
import type { RunLedger } from '../../../experiment/run/kept-ledger.js';
import type { SeededRandom } from '../../seeded-random.js';

export const ledgerFates = [
  'none',
  'Intact',
  'Lost',
  'Illegal',
  'Unknown',
  'fails',
  'hangs',
  'idle',
] as const;
export type LedgerFate = (typeof ledgerFates)[number];

export function simulatedLedger(fate: LedgerFate, random: SeededRandom, refuses: number): RunLedger | null {
  if (fate === 'none') return null;
  let hasBegun = false;
  return {
    begin: async () => {
      if (random.chance(refuses)) throw new Error('the database does not answer');
      hasBegun = true;
    },
    now: () => {
      if (!hasBegun || fate === 'idle') return hasBegun ? nothingWritten : null;
      const wrongReads = random.chance(0.05) ? 1 : 0;
      return {
        ...nothingWritten,
        acknowledged: 10,
        perSecond: 20,
        unavailableMs: random.integer(1100),
        wrongReads,
      };
    },
    traffic: () =>
      hasBegun
        ? {
            acknowledged: fate === 'idle' ? 0 : 1 + random.integer(20),
            refused: 0,
            unknown: 0,
            p50Ms: 1,
            p99Ms: 2,
          }
        : null,
    readBack: () => {
      if (fate === 'fails') return Promise.reject(new Error('nobody answers'));
      return fate === 'hangs' ? new Promise(() => {}) : Promise.resolve(resultOf(fate));
    },
    close: () => Promise.resolve(),
  };
}

const nothingWritten: LedgerNow = {
  acknowledged: 0,
  refused: 0,
  unknown: 0,
  perSecond: 0,
  unavailableMs: 5000,
  wrongReads: 0,
};

function resultOf(fate: LedgerFate): LedgerResult {
  const none = { there: 0, gone: 0 };
  const data = fate === 'Lost' || fate === 'Unknown' ? fate : 'Intact';
  return {
    data,
    message: `it is ${data}`,
    startedAt: new Date(0).toISOString(),
    endedMs: 1,
    acknowledged: 10,
    lost: fate === 'Lost' ? 3 : 0,
    stale: 0,
    duplicated: 0,
    corrupt: 0,
    refused: none,
    unknown: none,
    unavailable: [],
    latency: null,
    registers: fate === 'Illegal' ? fate : null,
    registerOperations: 0,
    illegalRegisters: [],
    examples: { lost: [], stale: [], duplicated: [], corrupt: [], refusedAndThere: [] },
  };
}
