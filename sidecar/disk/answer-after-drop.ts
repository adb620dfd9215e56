/** The main thread's part in a write past the page cache: it drops pages where no reader was free to (see `direct-writes.ts`). */
import { writeReply } from './device.js';
import type { ServedVolume } from './served-volume.js';
import type { ReaderMessage } from './wait-queue/wait-port.js';
import type { Exchange } from './wire/exchange.js';

/** A reply that waits until pages are dropped. */
export type LeftReply = Omit<Extract<ReaderMessage, { kind: 'answer-after-drop' }>, 'kind'>;

/** For the main thread: has libuv's pool drop the pages, then sends the reply by way of `x`. */
export async function answerAfterDrop(
  served: ServedVolume,
  x: Exchange,
  { inode, outdated, reply }: LeftReply,
): Promise<void> {
  await served.cache.forgetRange(inode, outdated);
  x.loadReply(reply);
  writeReply(served.volume.options.deviceFd, x, reply.length);
  served.flights?.land(...x.answered);
}
