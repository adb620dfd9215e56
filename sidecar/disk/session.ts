/**
 * One request in, at most one reply out.
 *
 *     request ─ handler known? ─ decision ─┬─ nothing hits ─────────────► handler ─► reply
 *                                          ├─ wait (delay, throttle, freeze) ─► wait queue, answered from there
 *                                          └─ outcome ───────────────────► apply ──► reply
 */

import { performance } from 'node:perf_hooks';
import type { DiskDecision } from '../../faults/decision.js';
import { EIO, ENOSYS } from '../linux/errno.js';
import { libc } from '../linux/libc.js';
import { allocate } from '../linux/memory.js';
import { carryOut, leavesFaultedPages, sealReply } from './carry-out.js';
import type { FaultsOfThread } from './faults-of-thread.js';
import type { Range } from './kernel-cache.js';
import { outdatedPages } from './outdated-pages.js';
import type { Handler } from './passthrough/handler.js';
import { handlers } from './passthrough/handlers.js';
import { fillsPageCache, goesPastPageCache } from './passthrough/kernel-use.js';
import { flawOf } from './sound-request.js';
import type { Counters } from './state/counters.js';
import type { Volume } from './volume.js';
import { holdsOf, mustWait } from './wait-queue/hold.js';
import type { WaitPort } from './wait-queue/wait-port.js';
import type { Exchange } from './wire/exchange.js';
import { writeInvalInode } from './wire/notifications.js';
import { isSync, isUnanswered, opcode } from './wire/opcodes.js';
import { inHeaderBytes } from './wire/sizes.js';

export interface SessionOptions {
  readonly volume: Volume;
  readonly faults: FaultsOfThread;
  readonly counters: Counters;
  readonly waits: WaitPort;
  /** Whose rows of the counters these are. */
  readonly thread: number;
  readonly onCrash: (error: unknown) => void;
}

export class Session {
  readonly #notice = allocate(4096);
  /** Did a fault hit the request that was answered last, and what was the answer? */
  #wasHit = false;
  #result = 0;
  #outdatedAfter: Range | null = null;
  readonly #options: SessionOptions;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** The length of the reply that now lies in the exchange, or 0 when there is none to send (yet). Never throws. */
  serve(request: Exchange): number {
    try {
      return this.#respond(request);
    } catch (error) {
      this.#options.onCrash(error);
      return isUnanswered(request.opcode) ? 0 : request.seal(-EIO);
    }
  }

  #respond(request: Exchange): number {
    if (request.length < inHeaderBytes) return 0;
    const handler = handlers[request.opcode];
    if (request.opcode === opcode.INTERRUPT) return this.#interrupt(request);
    if (!handler) return isUnanswered(request.opcode) ? 0 : request.seal(-ENOSYS);
    const flaw = flawOf(request);
    if (flaw !== 0) return isUnanswered(request.opcode) ? 0 : request.seal(flaw);
    if (isUnanswered(request.opcode)) {
      this.#options.volume.begin(request);
      handler(this.#options.volume, request);
      return 0;
    }
    return this.#answer(request, handler);
  }

  /**
   * After the reply was sent. What was read beneath a fault and lies in the page cache now is dropped, here and now if
   * this thread may; and what a write may have left outdated.
   */
  replied(request: Exchange): void {
    const { volume, faults, waits } = this.#options;
    const wasHit = this.#wasHit;
    const result = this.#result;
    const outdatedAfter = this.#outdatedAfter;
    this.#outdatedAfter = null;
    if (outdatedAfter) waits.dropCache(request.nodeid, outdatedAfter);
    if (request.opcode !== opcode.READ || !(wasHit || faults.anyReads)) return;
    if (!leavesFaultedPages(volume, request, { wasHit, result })) return;
    if (!this.#dropHere(request.nodeid, { offset: request.u64(8), bytes: request.u32(16) }))
      waits.dropCache(request.nodeid, null);
  }

  /**
   * False where this thread must not: the kernel has it wait for pages that are being read, until these reads are
   * answered. So another reader must stay free, and is called; and where reads are made to wait, nobody waits here.
   */
  #dropHere(inode: number, { offset, bytes }: Range): boolean {
    const { volume, faults } = this.#options;
    if (faults.readsMayWait || !volume.mayBlock()) return false;
    volume.beforeLongWait();
    volume.pageDrops.note(inode);
    const length = writeInvalInode(this.#notice, { inode, offset, bytes });
    libc.write(volume.options.deviceFd, this.#notice.address, length);
    volume.unblocked();
    return true;
  }

  #answer(request: Exchange, handler: Handler): number {
    const started = performance.now();
    const { volume, counters, thread, waits, onCrash } = this.#options;
    this.#result = -this.#refusedBefore(request);
    if (this.#result < 0) return sealReply(request, { counters, thread, result: this.#result, seconds: 0 });
    const decision = this.#decide(request);
    this.#wasHit = decision !== null;
    const sync = isSync(request.opcode);
    if (decision && mustWait(decision)) {
      if (waits.wait(request, decision, started)) return 0;
    } else if (decision) for (const { slot } of holdsOf(decision)) counters.injected(slot);
    if (sync && !volume.mayBlock()) {
      waits.waitForDisk(request, decision, started);
      return 0;
    }
    const result = carryOut({ volume, counters, request, handler, decision, onCrash });
    this.#result = result;
    if (sync) volume.unblocked();
    const length = sealReply(request, {
      counters,
      thread,
      result,
      seconds: (performance.now() - started) / 1000,
    });
    return this.#areOutdatedPagesDropped(request) ? length : 0;
  }

  /** Between what was carried out and its reply; false where another thread does it, and sends the reply. */
  #areOutdatedPagesDropped(request: Exchange): boolean {
    const { volume, waits } = this.#options;
    const outdated = outdatedPages(volume, request, 0);
    if (!outdated) return true;
    const { beforeReply, afterReply } = outdated;
    this.#outdatedAfter = afterReply;
    if (!beforeReply || (goesPastPageCache(request) && this.#dropHere(request.nodeid, beforeReply)))
      return true;
    waits.answerAfterDrop(request, outdated);
    return false;
  }

  /** The errno that reading this page ahead was refused with: the answer that is shown is this one. */
  #refusedBefore(request: Exchange): number {
    const { volume, faults } = this.#options;
    if (request.opcode !== opcode.READ || !faults.anyReads || !fillsPageCache(request)) return 0;
    return volume.refusedReads.take(request.pageRange, faults.version);
  }

  /** A bug of ours must not become a fault of theirs: it disarms everything, and the request passes. */
  #decide(request: Exchange): DiskDecision | null {
    try {
      return this.#options.faults.decisionOn(request);
    } catch (error) {
      this.#options.onCrash(error);
      return null;
    }
  }

  #interrupt(request: Exchange): number {
    if (request.length < inHeaderBytes + 8) return 0;
    this.#options.waits.interrupt(request.u32(0), request.u32(4));
    return 0;
  }
}
