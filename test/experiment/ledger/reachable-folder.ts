/** Databases run as another user than the tests: a folder that they can reach. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function reachableFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-ledger-db-'));
  chmodSync(folder, 0o755);
  return folder;
}
