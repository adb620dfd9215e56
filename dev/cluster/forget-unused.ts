/** What is kept for the next time, and takes hundreds of megabytes, goes when it was not used for long. */
import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const longMs = 24 * 3_600_000;

/** Says that `entry` of the folder is in use, and removes the others that were not for a day. */
export function forgetUnused(folder: string, entry: string): void {
  const now = new Date();
  utimesSync(join(folder, entry), now, now);
  for (const other of readdirSync(folder)) {
    const path = join(folder, other);
    // Another run may remove it at the same time.
    const usedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now.getTime();
    if (now.getTime() - usedMs > longMs) rmSync(path, { recursive: true, force: true });
  }
}
