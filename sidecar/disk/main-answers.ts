/**
 * What the main thread answers: requests whose wait is over, and replies that a reader leaves to it since pages must be
 * dropped before.
 */
import { performance } from 'node:perf_hooks';
import { answerAfterDrop, type LeftReply } from './answer-after-drop.js';
import {
  carryOutOnMain,
  type Execution,
  leavesFaultedPages,
  sealReply,
  syncLater,
  waitsForDisk,
} from './carry-out.js';
import { newExchange, writeReply } from './device.js';
import { outdatedPages } from './outdated-pages.js';
import { handlers } from './passthrough/handlers.js';
import type { ServedVolume } from './served-volume.js';
import type { Counters } from './state/counters.js';
import { freeRequest, loadRequest } from './wait-queue/kept-request.js';
import type { WaitingRequest } from './wait-queue/waiting-request.js';
import type { Exchange } from './wire/exchange.js';

/** The main thread's rows in the counters; readers count from 1. */
const mainThread = 0;

export interface MainAnswersOptions {
  readonly volumes: ReadonlyMap<string, ServedVolume>;
  readonly counters: Counters;
  /** Says that this thread may be silent meanwhile: the disk beneath may hang. */
  readonly excuse: <T>(work: () => T) => T;
  /** What a handler threw. */
  readonly onError: (error: unknown) => void;
}

export class MainAnswers {
  readonly #x: Exchange = newExchange();
  #inFlight = 0;
  readonly #options: MainAnswersOptions;

  constructor(options: MainAnswersOptions) {
    this.#options = options;
  }

  /** How many are being carried out. */
  get inFlight(): number {
    return this.#inFlight;
  }

  async answerAfterDrop(left: LeftReply): Promise<void> {
    const served = this.#options.volumes.get(left.volume);
    if (!served) return;
    this.#inFlight++;
    await answerAfterDrop(served, this.#x, left);
    this.#inFlight--;
  }

  /** Carries out a request whose wait is over. A sync goes to libuv's pool, so that this thread does not wait for it. */
  perform(request: WaitingRequest): void {
    const x = this.#x;
    const { volumes, counters, excuse, onError } = this.#options;
    const volume = volumes.get(request.volume)?.volume;
    if (!volume) return;
    loadRequest(x, request.kept);
    const handler = handlers[x.opcode];
    if (!handler) return;
    const { decision } = request;
    const execution: Execution = { volume, counters, x, handler, decision, onCrash: onError };
    if (waitsForDisk(x, decision)) void this.#performSync(request, execution);
    else
      this.#send(
        request,
        excuse(() => carryOutOnMain(execution)),
      );
  }

  reply(request: WaitingRequest, result: number): void {
    loadRequest(this.#x, request.kept);
    this.#send(request, result);
  }

  async #performSync(request: WaitingRequest, execution: Execution): Promise<void> {
    this.#inFlight++;
    const result = await syncLater(execution);
    this.#inFlight--;
    this.reply(request, result);
  }

  /** Sends the reply to the request that `x` holds, and gives back the memory of its copy. */
  #send(request: WaitingRequest, result: number): void {
    const x = this.#x;
    const { volumes, counters } = this.#options;
    freeRequest(request.kept);
    const served = volumes.get(request.volume);
    if (!served) return;
    const seconds = (monotonicEpochMs() - request.arrivedEpochMs) / 1000;
    const length = sealReply(x, { counters, thread: mainThread, result, seconds });
    const { volume, inode } = request;
    const outdated = outdatedPages(served.volume, x, seconds);
    if (outdated) return void this.answerAfterDrop({ volume, inode, outdated, reply: x.copyReply() });
    writeReply(served.volume.options.deviceFd, x, length);
    served.volume.giveBack();
    served.flights?.land(x.uniqueLow, x.uniqueHigh);
    const wasHit = request.decision !== null;
    if (leavesFaultedPages(served.volume, x, { wasHit, result })) void served.dropPages(inode, null);
  }
}

/** Milliseconds of the Unix epoch that no clock step moves; the same in every thread of this process. */
export const monotonicEpochMs = (): number => performance.timeOrigin + performance.now();
