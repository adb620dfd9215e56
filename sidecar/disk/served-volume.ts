/** One volume as the main thread serves it: inherited or begun, its readers started, its caches dropped. */
import type { Worker } from 'node:worker_threads';
import { atMost } from '../../core/at-most.js';
import { HavocError } from '../../core/havoc-error.js';
import type { ArmedFaults } from '../../faults/armed-faults.js';
import { EIO } from '../linux/errno.js';
import { libc } from '../linux/libc.js';
import { allocate } from '../linux/memory.js';
import { deviceKey, rootKey, stateKey } from '../mount/fd-keys.js';
import type { DescriptorBudget } from '../proxy/descriptor-budget.js';
import { type DiskBeneath, diskBeneath } from './backing-root.js';
import { isReadable } from './device.js';
import type { MountStatus } from './disk-status.js';
import { FaultedInodes, type RememberedInode } from './faulted-inodes.js';
import { FdStorePort, type Inheritance } from './fd-store-port.js';
import { availableMemory, InodeBound } from './inode-bound.js';
import { KernelCache, type Range } from './kernel-cache.js';
import { limits } from './limits.js';
import { agreedFeatures, canResend, negotiate, protocolOf } from './negotiate.js';
import { ReaderPool, readerPoolBytes } from './reader-pool.js';
import { ReaderThreads } from './reader-threads.js';
import { recoverState } from './recover-state.js';
import { Flights } from './state/flights.js';
import { rootSlot } from './state/inode-table.js';
import { type Evidence, Intents, inheritIntents } from './state/intents.js';
import { createVolumeState, earlierState, field, type VolumeState } from './state/volume-state.js';
import { Volume } from './volume.js';
import type { ReaderMessage } from './wait-queue/wait-port.js';
import { writeError, writeResend } from './wire/notifications.js';

export interface VolumeConfig {
  readonly volume: string;
  readonly backing: string;
  readonly mountpoint: string;
  readonly readOnly: boolean;
}

export interface ServedVolumeOptions {
  readonly config: VolumeConfig;
  readonly inheritance: Inheritance;
  readonly countersFd: number;
  readonly descriptors: DescriptorBudget;
  /** How many there are to share the memory. */
  readonly volumes: number;
  /** Of the first reader; the others count on from it. */
  readonly firstThread: number;
  /** How many operations this volume's readers have answered. */
  readonly answered: () => number;
  readonly lockedRanges: (inode: number) => readonly Range[];
  readonly unreadRanges: (inode: number) => readonly Range[];
  /** Of `InTransit`. */
  readonly inTransit: SharedArrayBuffer;
  readonly onMessage: (message: ReaderMessage) => void;
  /** A reader took its request with it: only another fault proxy can have it sent again. */
  readonly onReaderDeath: (error: Error) => void;
  /** Readers that were booted ahead; taken from the end. */
  readonly spareWorkers: Worker[];
  /** For kernels without RESEND, and to be tried on those that have it. */
  readonly resend: boolean;
}

export class ServedVolume {
  readonly volume: Volume;
  readonly resends: boolean;
  /** Where requests in flight are noted, because the kernel cannot hand them out again. */
  readonly flights: Flights | null;
  readonly #state: VolumeState;
  readonly #deviceFd: number;
  readonly beneath: DiskBeneath;
  readonly #inherited: boolean;
  readonly #intents: ReadonlyMap<string, Evidence>;
  readonly #faulted: FaultedInodes;
  readonly cache: KernelCache;
  readonly #bound: InodeBound;
  readonly #readerPool = new SharedArrayBuffer(readerPoolBytes);
  #isServing = false;
  #armed: ArmedFaults = { version: 0, faults: [] };
  readonly #readers: ReaderThreads;
  readonly #options: ServedVolumeOptions;

  constructor(options: ServedVolumeOptions) {
    this.#options = options;
    const { config, inheritance } = options;
    const name = config.volume;
    const fdStore = new FdStorePort(inheritance.holderFd);
    this.#deviceFd = deviceOf(name, inheritance);
    const earlier = earlierState(inheritance.kept.get(stateKey(name)));
    this.#inherited = earlier !== null;
    this.#state = earlier ?? createVolumeState(name);
    const kept = this.#inherited ? inheritance.kept.get(rootKey(name)) : undefined;
    this.beneath = diskBeneath({ volume: name, backing: config.backing, kept, state: this.#state, fdStore });
    if (!this.#inherited) fdStore.keep(stateKey(name), this.#state.fd);
    this.#intents = this.#inherited ? inheritIntents(this.#state) : new Map();
    this.volume = new Volume({
      name,
      state: this.#state,
      readOnly: config.readOnly,
      rootFd: this.beneath.rootFd,
      deviceFd: this.#deviceFd,
      intents: new Intents(this.#state, 0, this.#intents),
      fdStore,
      descriptors: options.descriptors,
      readers: limits.readers,
    });
    this.#faulted = new FaultedInodes(this.volume);
    this.cache = new KernelCache({
      deviceFd: this.#deviceFd,
      inodes: this.volume.inodes,
      pageDrops: this.volume.pageDrops,
      lockedRanges: options.lockedRanges,
      unreadRanges: options.unreadRanges,
    });
    if (this.#inherited) recoverState(this.volume, this.beneath.rootFd, inheritance.kept);
    else this.#begin();
    const { inodes, handles } = this.volume;
    const [deviceFd, state, memoryBytes] = [this.#deviceFd, this.#state, availableMemory() / options.volumes];
    this.#bound = new InodeBound({ state, inodes, handles, deviceFd, memoryBytes, nowMs: monotonicMs });
    this.resends = options.resend && canResend(this.#state);
    this.flights = this.resends ? null : new Flights(this.#state);
    this.#readers = this.#readerThreads();
    this.#readers.start();
  }

  /**
   * Asks for what the fault proxy before us left unanswered, then gives the readers the armed faults to begin with. In this order:
   * RESEND hands out again whatever is unanswered, also what a reader of ours is just carrying out.
   */
  async serve(armed: ArmedFaults): Promise<void> {
    if (this.#inherited) this.#settleFlights();
    if (this.#inherited && (this.#state.header[field.readsFaulted] === 1 || !this.resends))
      void this.#dropAllPages();
    this.#isServing = true;
    this.publish(armed);
    await this.#readers.serving();
    for (let index = 1; index < limits.readers; index++) this.#readers.start();
    this.publish(this.#armed);
    await this.#readers.serving();
    this.#watchRequests();
  }

  /**
   * A reader may come to wait for the disk where none was expected to; and the kernel to know more than there is room
   * for.
   */
  #watchRequests(): void {
    this.#bound.start();
    const readerPool = new ReaderPool(this.#readerPool);
    const look = (): void =>
      readerPool.addReaderIfStuck(isReadable(this.#deviceFd), this.#options.answered());
    setInterval(look, limits.reliefMs).unref();
  }

  /** A reader serves from the first armed faults it gets: none is given them before the volume is to be served. */
  publish(armed: ArmedFaults): void {
    this.#armed = armed;
    this.#faulted.follow(armed);
    if (this.#faulted.readsAreFaulted) this.#state.header[field.readsFaulted] = 1;
    if (this.#isServing) this.#readers.publish(armed);
  }

  /** Null for all of them. */
  dropPages(inode: number, range: Range | null): Promise<void> {
    return range ? this.cache.forgetRange(inode, range) : this.cache.forget('pages', inode);
  }

  /** A fault on reads may have ended meanwhile; a direct write that does not come again may have left pages outdated. */
  #dropAllPages(): Promise<void> {
    return this.#forgetAll(this.#faulted.remembered('pages'));
  }

  /** Has the kernel forget what an armed fault wants to be asked for. */
  forgetWhatIsFaulted(armed: ArmedFaults): Promise<void> {
    return this.#forgetAll(this.#faulted.rememberedUnder(armed));
  }

  #forgetAll(all: Iterable<RememberedInode>): Promise<void> {
    return atMost(limits.drops, all, ({ what, slot }) => this.cache.forget(what, slot));
  }

  status(backingTrouble: string | null): MountStatus {
    const { volume, backing, mountpoint, readOnly } = this.#options.config;
    return {
      volume,
      backing,
      mountpoint,
      readOnly,
      protocol: protocolOf(this.#state),
      features: agreedFeatures(this.#state),
      resend: this.resends,
      backingTrouble,
    };
  }

  #begin(): void {
    this.volume.statFd(this.beneath.rootFd, this.volume.stat);
    this.volume.inodes.plantRoot(this.volume.stat);
    this.volume.inodes.fds.offer(rootSlot, this.beneath.rootFd);
    negotiate(this.#deviceFd, this.#state);
  }

  #settleFlights(): void {
    const memory = allocate(4096);
    const owed = new Flights(this.#state).drain();
    if (this.resends) {
      libc.write(this.#deviceFd, memory.address, writeResend(memory));
      return;
    }
    for (const unique of owed) libc.write(this.#deviceFd, memory.address, writeError(memory, unique, EIO));
  }

  #readerThreads(): ReaderThreads {
    const { config, inheritance, descriptors, countersFd, inTransit } = this.#options;
    const { firstThread, spareWorkers, onMessage, onReaderDeath } = this.#options;
    return new ReaderThreads({
      data: {
        volume: this.volume.name,
        readOnly: config.readOnly,
        stateFd: this.#state.fd,
        stateAddress: this.#state.address,
        countersFd,
        rootFd: this.beneath.rootFd,
        deviceFd: this.#deviceFd,
        holderFd: inheritance.holderFd,
        readers: limits.readers,
        inTransit,
        descriptors: descriptors.memory,
        readerPool: this.#readerPool,
        intents: this.#intents,
        noteFlights: !this.resends,
      },
      ...{ firstThread, spareWorkers, onMessage, onDeath: onReaderDeath },
    });
  }
}

const monotonicMs = (): number => performance.now();

function deviceOf(volume: string, { kept }: Inheritance): number {
  const fd = kept.get(deviceKey(volume));
  if (fd === undefined)
    throw new HavocError('holder.no-mount', `the holder has no mount of volume ${volume}`);
  return fd;
}
