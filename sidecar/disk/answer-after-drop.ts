/** The main thread's part in a write that leaves pages outdated: it drops them where no reader may (see `outdated-pages.ts`). */
import { systemClock } from '../../core/clock.js';
import { within } from '../../core/sleep.js';
import { writeReply } from './device.js';
import { limits } from './limits.js';
import type { ServedVolume } from './served-volume.js';
import type { ReaderMessage } from './wait-queue/wait-port.js';
import type { Exchange } from './wire/exchange.js';

/** A reply that waits until pages are dropped. */
export type LeftReply = Omit<Extract<ReaderMessage, { kind: 'answer-after-drop' }>, 'kind'>;

/** For the main thread: has libuv's pool drop the pages, then sends the reply by way of `request`. */
export async function answerAfterDrop(
  served: ServedVolume,
  request: Exchange,
  { inode, outdated: { beforeReply, afterReply }, reply }: LeftReply,
): Promise<void> {
  if (beforeReply) await within(limits.dropMs, served.cache.forgetRange(inode, beforeReply), systemClock);
  request.loadReply(reply);
  writeReply(served.volume.options.deviceFd, request, reply.length);
  served.flights?.land(...request.answered);
  if (afterReply) void served.cache.forgetRange(inode, afterReply);
}
