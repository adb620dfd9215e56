/** The clock that file systems stamp files with: it moves in steps, so a test that compares times waits for a step. */
import { libc } from './call.js';

const clockGettime = libc.func('int clock_gettime(int clock, _Out_ uint8_t *time)');
const CLOCK_REALTIME_COARSE = 5;

/** Returns once a file changed from now on gets a later time than one changed before. */
export function awaitClockStep(): void {
  const start = coarseNow();
  while (coarseNow() === start);
}

function coarseNow(): bigint {
  const time = Buffer.alloc(16);
  clockGettime(CLOCK_REALTIME_COARSE, time);
  return time.readBigInt64LE(0) * 1_000_000_000n + time.readBigInt64LE(8);
}
