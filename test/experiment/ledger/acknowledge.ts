/** Waits for a ledger. */
import type { Ledger } from '../../../experiment/ledger/ledger.js';
import { until } from '../../sidecar/mounted/until.js';

/** Resolves when so many more were acknowledged. */
export async function acknowledge(ledger: Ledger, more: number): Promise<void> {
  const enough = ledger.operations + more;
  await until(() => ledger.operations >= enough, 60_000);
}
