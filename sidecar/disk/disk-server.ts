/**
 * The disk server: what the registry sees of it. The readers decide and answer; here, in the main thread, armed faults are
 * handed to them, requests wait, and caches are dropped.
 */
import { assertNever } from '../../core/assert-never.js';
import { systemClock } from '../../core/clock.js';
import type { ErrorCode } from '../../core/error-codes.js';
import { within } from '../../core/sleep.js';
import type { ArmedFaults } from '../../faults/armed-faults.js';
import type { Fault } from '../../faults/fault.js';
import { memoryLimit } from '../linux/memory-limit.js';
import { deviceKey } from '../mount/fd-keys.js';
import { proxyTimeouts } from '../proxy/timeouts.js';
import type { FaultApplier, Tallies } from '../registry/fault-applier.js';
import { BackingWatch } from './backing-watch.js';
import type { DiskServerOptions } from './disk-server-options.js';
import type { DiskStatus } from './disk-status.js';
import type { FdStore } from './fd-store.js';
import { FdStorePort } from './fd-store-port.js';
import { handOver } from './hand-over.js';
import { HolderLink } from './holder-link.js';
import { limits } from './limits.js';
import { MainAnswers, monotonicEpochMs } from './main-answers.js';
import { ServedVolume } from './served-volume.js';
import { Counters } from './state/counters.js';
import { InTransit } from './wait-queue/in-transit.js';
import { costOf, waitBounds } from './wait-queue/wait-bounds.js';
import type { ReaderMessage } from './wait-queue/wait-port.js';
import { WaitQueue } from './wait-queue/wait-queue.js';

const countersKey = 'counters';

export class DiskServer implements FaultApplier {
  readonly name = 'disk';
  readonly #counters: Counters;
  readonly #waits: WaitQueue;
  readonly #inTransit: InTransit;
  readonly #holder: HolderLink;
  readonly #volumes = new Map<string, ServedVolume>();
  readonly #backings = new BackingWatch({
    disks: () => [...this.#volumes.values()].map(({ beneath }) => beneath),
    nowMs: monotonicEpochMs,
    onTrouble: (volume, trouble) => this.#options.onBackingTrouble(volume, trouble),
    onMountedAgain: (volume) => {
      if (this.#holder.hasSuccessor) this.#options.onMountedAgain(volume);
    },
  });
  readonly #answers: MainAnswers;
  #armed: ArmedFaults = { version: 0, faults: [] };
  #unmounted = 0;
  #crashCode: string | null = null;
  readonly #options: DiskServerOptions;

  constructor(options: DiskServerOptions) {
    this.#options = options;
    const { inheritance } = options;
    this.#counters = countersOf(inheritance);
    const { queueBytes, transitBytes } = waitBounds(memoryLimit());
    const inTransit = InTransit.memory(transitBytes);
    this.#inTransit = new InTransit(inTransit);
    this.#answers = new MainAnswers({
      volumes: this.#volumes,
      counters: this.#counters,
      excuse: options.excuse,
      onError: (error) => this.#ownError(error),
    });
    this.#waits = new WaitQueue({
      nowMs: monotonicEpochMs,
      perform: (request) => this.#answers.perform(request),
      refuse: (request, errno) => this.#answers.reply(request, -errno),
      mostBytes: queueBytes,
      onHeld: (slot) => this.#counters.injected(slot),
    });
    for (const [index, config] of options.volumes.entries()) {
      const firstThread = 1 + index * limits.readers;
      const volume = new ServedVolume({
        config,
        inheritance,
        countersFd: this.#counters.fd,
        descriptors: options.descriptors,
        volumes: options.volumes.length,
        firstThread,
        answered: () => this.#counters.answered(firstThread, limits.readers),
        lockedRanges: (inode) => this.#waits.lockedRanges(config.volume, inode),
        unreadRanges: (inode) => this.#waits.unreadRanges(config.volume, inode),
        inTransit,
        onMessage: (message) => this.#hear(message),
        resend: options.resend,
        spareWorkers: options.spareWorkers,
        onReaderDeath: options.onReaderDeath,
      });
      this.#volumes.set(config.volume, volume);
    }
    this.#holder = new HolderLink({
      socketPath: options.holderSocket,
      inheritance,
      handOver: (fdStore) => options.excuse(() => this.#handOver(fdStore)),
      onChange: options.onHolderChange,
    });
  }

  /** Begins to answer the kernel, under the faults that were applied last. */
  async serve(): Promise<void> {
    await Promise.all([...this.#volumes.values()].map((volume) => volume.serve(this.#armed)));
    this.#holder.follow();
    void this.#backings.start();
  }

  refusal(fault: Fault): string | null {
    return fault.plane === 'disk' ? null : `the disk server does not apply tcp ${fault.effect.kind}`;
  }

  async apply(armed: ArmedFaults): Promise<void> {
    const before = this.#armed;
    if (armed.version < before.version) return;
    this.#armed = armed;
    for (const volume of this.#volumes.values()) volume.publish(armed);
    this.#counters.announceArmed(this.#counters.armedEpoch + 1);
    this.#waits.follow(armed);
    const dropped = [...this.#volumes.values()].flatMap((volume) => [
      volume.forgetWhatIsFaulted(before),
      volume.forgetWhatIsFaulted(armed),
    ]);
    await within(limits.armMs, Promise.all(dropped), systemClock);
  }

  tallies(slot: number): Tallies {
    return this.#counters.tallies(slot);
  }

  traffic(): null {
    return null;
  }

  remarks(): readonly string[] {
    return [];
  }

  resetTallies(slot: number): void {
    this.#counters.resetTallies(slot);
  }

  status(): DiskStatus {
    return {
      holderPid: this.#holder.pid,
      mounts: [...this.#volumes.values()].map((volume) =>
        volume.status(this.#backings.trouble(volume.beneath)),
      ),
      parked: this.#waits.size,
      parkedOverflows: this.#waits.overflows + this.#inTransit.refused,
      exhausted: this.#options.descriptors.refusedFiles,
      restarts: this.#counters.restarts,
      disarmedBy: this.#crashCode,
      operations: this.#counters.operations(),
    };
  }

  /** The holder may unmount from now on, should it be asked to. */
  announceDrain(): void {
    this.#holder.announceDrain();
  }

  /** Nothing waits any more, and nothing that is carried out here is unanswered; at most `proxyTimeouts.diskDrainMs`. */
  async drain(): Promise<void> {
    this.#waits.close();
    const deadline = monotonicEpochMs() + proxyTimeouts.diskDrainMs;
    while (this.#answers.inFlight > 0 && monotonicEpochMs() < deadline) await new Promise(setImmediate);
  }

  #handOver(fdStore: FdStore): boolean {
    const volumes = [...this.#volumes.values()].map(({ volume }) => volume);
    return (
      volumes.every((volume) => handOver(volume, fdStore)) &&
      fdStore.keep(countersKey, this.#counters.fd) &&
      volumes.every(({ name, options }) => fdStore.keep(deviceKey(name), options.deviceFd))
    );
  }

  #hear(message: ReaderMessage): void {
    switch (message.kind) {
      case 'wait':
        this.#inTransit.arrive(costOf(message.kept.bytes));
        this.#waits.wait(message);
        return;
      case 'interrupt':
        this.#waits.interrupt(message.volume, message.uniqueLow, message.uniqueHigh);
        return;
      case 'drop-cache':
        void this.#volumes.get(message.volume)?.dropPages(message.inode, message.range);
        return;
      case 'answer-after-drop':
        void this.#answers.answerAfterDrop(message);
        return;
      case 'crash':
        this.#crash(message.code, message.message, message.stack);
        return;
      case 'unmounted':
        if (++this.#unmounted === this.#volumes.size * limits.readers) this.#options.onUnmounted();
        return;
      case 'serving':
        return;
      default:
        assertNever(message);
    }
  }

  #ownError(error: unknown): void {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    this.#crash('sidecar.bug', message, stack);
  }

  #crash(code: ErrorCode, message: string, stack: string): void {
    this.#counters.setCrashed(true);
    this.#crashCode ??= code;
    this.#options.onCrash(code, message, stack);
  }
}

/** Those of the fault proxy before us, or new ones, which the holder keeps for the next. */
function countersOf({ kept, holderFd }: DiskServerOptions['inheritance']): Counters {
  const fd = kept.get(countersKey);
  const counters = fd === undefined ? Counters.create() : new Counters(fd);
  if (fd === undefined) new FdStorePort(holderFd).keep(countersKey, counters.fd);
  else counters.countRestart();
  counters.setCrashed(false);
  counters.announceArmed(0);
  return counters;
}
