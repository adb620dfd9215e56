/** What the ledger of the run knows at this moment. One that has written nothing has measured nothing. */
import type { LedgerSubject } from '../file/probe-kinds.js';
import type { Ask } from './answer.js';

export const askLedger: Ask<LedgerSubject> = async (_, { ledger }) => {
  const now = ledger();
  if (now === null) return { kind: 'error', seen: 'the ledger does not write' };
  const { acknowledged, refused, unknown, perSecond, unavailableMs, wrongReads } = now;
  if (acknowledged + refused + unknown === 0)
    return { kind: 'error', seen: 'no write of the ledger has come to anything yet' };
  return {
    kind: 'values',
    values: {
      acknowledged: BigInt(acknowledged),
      refused: BigInt(refused),
      unknown: BigInt(unknown),
      operationsPerSecond: perSecond,
      unavailable: unavailableMs,
      wrongReads: BigInt(wrongReads),
    },
    seen: `${acknowledged} writes acknowledged, ${perSecond.toFixed(0)} a second, the last ${Math.round(unavailableMs)} ms ago; ${wrongReads} wrong reads`,
  };
};
