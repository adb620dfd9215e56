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
  readonly #request: Exchange = newExchange();
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
    await answerAfterDrop(served, this.#request, left);
    this.#inFlight--;
  }

  /** Carries out a request whose wait is over. A sync goes to libuv's pool, so that this thread does not wait for it. */
  perform(waiting: WaitingRequest): void {
    const request = this.#request;
    const { volumes, counters, excuse, onError } = this.#options;
    const volume = volumes.get(waiting.volume)?.volume;
    if (!volume) return;
    loadRequest(request, waiting.kept);
    const handler = handlers[request.opcode];
    if (!handler) return;
    const { decision } = waiting;
    const execution: Execution = { volume, counters, request, handler, decision, onCrash: onError };
    if (waitsForDisk(request, decision)) void this.#performSync(waiting, execution);
    else
      this.#send(
        waiting,
        excuse(() => carryOutOnMain(execution)),
      );
  }

  reply(waiting: WaitingRequest, result: number): void {
    loadRequest(this.#request, waiting.kept);
    this.#send(waiting, result);
  }

  async #performSync(waiting: WaitingRequest, execution: Execution): Promise<void> {
    this.#inFlight++;
    const result = await syncLater(execution);
    this.#inFlight--;
    this.reply(waiting, result);
  }

  /** Sends the reply to what waited, and gives back the memory of its copy. */
  #send(waiting: WaitingRequest, result: number): void {
    const request = this.#request;
    const { volumes, counters } = this.#options;
    freeRequest(waiting.kept);
    const served = volumes.get(waiting.volume);
    if (!served) return;
    const seconds = (monotonicEpochMs() - waiting.arrivedEpochMs) / 1000;
    const length = sealReply(request, { counters, thread: mainThread, result, seconds });
    const { volume, inode } = waiting;
    const outdated = outdatedPages(served.volume, request, seconds);
    if (outdated) return void this.answerAfterDrop({ volume, inode, outdated, reply: request.copyReply() });
    writeReply(served.volume.options.deviceFd, request, length);
    served.volume.giveBack();
    served.flights?.land(request.uniqueLow, request.uniqueHigh);
    const wasHit = waiting.decision !== null;
    if (leavesFaultedPages(served.volume, request, { wasHit, result })) void served.dropPages(inode, null);
  }
}

/** Milliseconds of the Unix epoch that no clock step moves; the same in every thread of this process. */
export const monotonicEpochMs = (): number => performance.timeOrigin + performance.now();
