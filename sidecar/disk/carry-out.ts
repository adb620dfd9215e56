/**
 * The one execution of a request, whoever carries it out: a reader at once, or the main thread when its wait is over.
 *
 *     carryOut  ─► decision applied, or the handler alone ─┐
 *     syncLater ─► the same of a sync, on libuv's pool ────┴─► what the kernel may be told ─► sealReply ─► the reply
 *
 * Two things differ, and each for a reason. The main thread never waits for a sync: it hands it to the pool. And a wait
 * is part of the time that an operation took: it is counted from the arrival of its request.
 */
import type { DiskDecision } from '../../faults/decision.js';
import { EIO, EMFILE, ENFILE, ENOSYS, EOPNOTSUPP } from '../linux/errno.js';
import { later } from '../linux/libc.js';
import { applyOutcome } from './effects/apply-outcome.js';
import { verbIndexOf } from './operation-of.js';
import { syncOf } from './passthrough/data.js';
import type { Handler } from './passthrough/handler.js';
import { fillsPageCache } from './passthrough/kernel-use.js';
import type { Counters } from './state/counters.js';
import type { Volume } from './volume.js';
import type { Exchange } from './wire/exchange.js';
import { isSync, opcode } from './wire/opcodes.js';

export interface Execution {
  readonly volume: Volume;
  readonly counters: Counters;
  readonly request: Exchange;
  readonly handler: Handler;
  readonly decision: DiskDecision | null;
  /** An error of ours: everything is to be disarmed. */
  readonly onCrash: (error: unknown) => void;
}

/** The payload's length, or a negated errno. Never throws. */
export function carryOut({ volume, counters, request, handler, decision, onCrash }: Execution): number {
  try {
    volume.begin(request);
    if (!decision) return told(hideOwnLimit(handler(volume, request)));
    const hiding: Handler = (...request) => hideOwnLimit(handler(...request));
    return told(applyOutcome({ volume, counters, request, handler: hiding, decision }));
  } catch (error) {
    onCrash(error);
    return -EIO;
  }
}

/** The main thread does more than to serve: it does nothing else in the name of others. */
export function carryOutOnMain(execution: Execution): number {
  const result = carryOut(execution);
  execution.volume.caller.comeBack();
  return result;
}

/** Does this wait for the disk, so that a thread which must not wait leaves it to `syncLater`? */
export const waitsForDisk = (request: Exchange, decision: DiskDecision | null): boolean =>
  isSync(request.opcode) && (decision === null || decision.refusals.length === 0);

/** What `carryOut` gives for a sync that nothing refuses, but on a thread of libuv's pool. The request is read before this returns. */
export async function syncLater({ volume, request, onCrash }: Execution): Promise<number> {
  try {
    volume.begin(request);
    const { call, fd } = syncOf(volume, request);
    return told(fd < 0 ? hideOwnLimit(fd) : Math.min(0, await later(call, fd)));
  } catch (error) {
    onCrash(error);
    return -EIO;
  }
}

/** ENOSYS of the file system beneath would have the kernel never ask again, of any file. */
const told = (result: number): number => (result === -ENOSYS ? -EOPNOTSUPP : result);

/** What a handler gives. EMFILE would say that the program itself has too many files open; a fault may say so. */
const hideOwnLimit = (result: number): number => (result === -EMFILE ? -ENFILE : result);

export interface Answered {
  readonly counters: Counters;
  /** Whose row of the counters this is. */
  readonly thread: number;
  readonly result: number;
  /** Since the request arrived. */
  readonly seconds: number;
}

/** Counts the operation and finishes its reply; the reply's length. */
export function sealReply(request: Exchange, { counters, thread, result, seconds }: Answered): number {
  const verb = verbIndexOf[request.opcode] ?? -1;
  if (verb >= 0) counters.count(thread, verb, seconds, result < 0);
  return request.seal(result);
}

export interface AnsweredRead {
  readonly wasHit: boolean;
  readonly result: number;
}

/**
 * After the reply was sent: must the kernel forget what was read? What a handle that was opened before a fault has read
 * lies in the page cache now, where no rule would meet the next read. That a fault hit this read is reason enough: its
 * file may have been renamed meanwhile, out of what the fault is about. An error leaves nothing there.
 */
export const leavesFaultedPages = (
  volume: Volume,
  request: Exchange,
  { wasHit, result }: AnsweredRead,
): boolean =>
  request.opcode === opcode.READ &&
  result >= 0 &&
  fillsPageCache(request) &&
  (wasHit || volume.readsAreFaulted(request.nodeid));
