/** One volume as the main thread serves it: inherited or begun, its readers started, its caches dropped. */
import { closeSync } from 'node:fs';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { compilePlan } from '../../faults/compile.js';
import type { FaultPlan } from '../../faults/plan.js';
import { HavocError } from '../havoc-error.js';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../linux/constants.js';
import { EIO, errnoName } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { allocate, cString } from '../linux/memory.js';
import type { MountStatus } from '../plan/data-plane.js';
import { CacheDropper, type Range } from './cache-dropper.js';
import { readsAreFaulted } from './faulted-reads.js';
import { deviceKey, inodeKey, stateKey } from './keeper.js';
import { type Inheritance, KeeperPort } from './keeper-port.js';
import { limits } from './limits.js';
import type { ReaderMessage } from './lot/lot-port.js';
import { agreedFeatures, canResend, negotiate, protocolOf } from './negotiate.js';
import { Paths } from './paths.js';
import type { ReaderData } from './reader.js';
import { Flights } from './state/flights.js';
import { rootSlot } from './state/inode-table.js';
import { type Evidence, Intents, readIntents } from './state/intents.js';
import { attachVolumeState, createVolumeState, field, type VolumeState } from './state/volume-state.js';
import { Volume } from './volume.js';
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
  /** Of the first reader; the others count on from it. */
  readonly firstThread: number;
  readonly lockedRanges: (inode: number) => readonly Range[];
  readonly onMessage: (message: ReaderMessage) => void;
  /** For kernels without RESEND, and to be tried on those that have it. */
  readonly resend: boolean;
}

export class ServedVolume {
  readonly volume: Volume;
  readonly resends: boolean;
  private readonly state: VolumeState;
  private readonly deviceFd: number;
  private readonly rootFd: number;
  private readonly inherited: boolean;
  private readonly intents: ReadonlyMap<string, Evidence>;
  private readonly paths: Paths;
  private readonly dropper: CacheDropper;
  private plan: FaultPlan = { version: 0, faults: [] };
  private readonly readers: { readonly worker: Worker; readonly plans: MessagePort }[] = [];

  constructor(private readonly options: ServedVolumeOptions) {
    const { config, inheritance } = options;
    const name = config.volume;
    const keeper = new KeeperPort(inheritance.holderFd);
    this.deviceFd = deviceOf(name, inheritance);
    this.rootFd = openBacking(config);
    const kept = inheritance.kept.get(stateKey(name));
    this.inherited = kept !== undefined;
    this.state = kept === undefined ? createVolumeState(name) : attachVolumeState(kept);
    if (kept === undefined) keeper.keep(stateKey(name), this.state.fd);
    this.intents = this.inherited ? readIntents(this.state) : new Map();
    this.volume = new Volume({
      name,
      state: this.state,
      readOnly: config.readOnly,
      rootFd: this.rootFd,
      deviceFd: this.deviceFd,
      intents: new Intents(this.state, 0, this.intents),
      keeper,
      readers: limits.readers,
    });
    this.paths = new Paths(this.volume.inodes);
    this.dropper = new CacheDropper({ deviceFd: this.deviceFd, lockedRanges: options.lockedRanges });
    if (this.inherited) this.recover(inheritance);
    else this.begin();
    this.resends = options.resend && canResend(this.state);
  }

  /** Starts the readers, and asks for what the plane before us left unanswered: the first alone, to be there soonest. */
  async serve(plan: FaultPlan): Promise<void> {
    await this.startReader(0, plan);
    if (this.inherited) this.settleFlights();
    const others = Array.from({ length: limits.readers - 1 }, (_, index) =>
      this.startReader(index + 1, plan),
    );
    await Promise.all(others);
  }

  /** To the readers that run; one that is started later begins with it. */
  publish(plan: FaultPlan): void {
    this.plan = plan;
    for (const { plans } of this.readers) plans.postMessage(plan);
  }

  dropCache(inode: number): Promise<void> {
    return this.dropper.drop(inode);
  }

  /** Drops the pages of every file whose reads a fault of this plan looks at. */
  async dropCaches(plan: FaultPlan): Promise<void> {
    const compiled = compilePlan(plan);
    if (!compiled.touches('read')) return;
    const { inodes } = this.volume;
    const drops: Promise<void>[] = [];
    for (let slot = rootSlot; slot <= inodes.highest; slot++) {
      if (!inodes.has(slot) || !inodes.isCached(slot)) continue;
      if (readsAreFaulted(compiled, this.volume.name, slot, this.paths)) drops.push(this.dropper.drop(slot));
    }
    await Promise.all(drops);
  }

  status(): MountStatus {
    const { volume, backing, mountpoint, readOnly } = this.options.config;
    return {
      volume,
      backing,
      mountpoint,
      readOnly,
      protocol: protocolOf(this.state),
      features: agreedFeatures(this.state),
      resend: this.resends,
    };
  }

  private begin(): void {
    this.volume.statFd(this.rootFd, this.volume.stat);
    this.volume.inodes.plantRoot(this.volume.stat);
    this.volume.inodes.offerFd(rootSlot, this.rootFd);
    negotiate(this.deviceFd, this.state);
  }

  /** The tables are as the plane before us left them; descriptors and locks were its own. */
  private recover({ kept }: Inheritance): void {
    const { inodes, handles } = this.volume;
    this.state.inodeLock.breakOpen();
    this.state.handleLock.breakOpen();
    this.state.flightLock.breakOpen();
    this.state.header[field.blockedReaders] = 0;
    for (let slot = rootSlot; slot <= inodes.highest; slot++) if (inodes.has(slot)) inodes.dropFd(slot);
    for (const handle of handles.all()) handles.dropFd(handle);
    inodes.offerFd(rootSlot, this.rootFd);
    const prefix = inodeKey(this.volume.name, 0).slice(0, -1);
    for (const [key, fd] of kept) {
      if (!key.startsWith(prefix)) continue;
      const slot = Number(key.slice(prefix.length));
      if (!inodes.has(slot) || !inodes.offerFd(slot, fd)) closeSync(fd);
    }
  }

  private settleFlights(): void {
    const memory = allocate(4096);
    const owed = new Flights(this.state).drain();
    if (this.resends) {
      libc.write(this.deviceFd, memory.address, writeResend(memory));
      return;
    }
    for (const unique of owed) libc.write(this.deviceFd, memory.address, writeError(memory, unique, EIO));
  }

  private startReader(index: number): Promise<void> {
    const channel = new MessageChannel();
    const data: ReaderData = {
      volume: this.volume.name,
      readOnly: this.options.config.readOnly,
      stateFd: this.state.fd,
      countersFd: this.options.countersFd,
      rootFd: this.rootFd,
      deviceFd: this.deviceFd,
      holderFd: this.options.inheritance.holderFd,
      readers: limits.readers,
      thread: this.options.firstThread + index,
      intents: this.intents,
      noteFlights: !this.resends,
      plans: channel.port2,
      plan: this.plan,
    };
    const worker = new Worker(new URL('./reader.js', import.meta.url), {
      workerData: data,
      transferList: [channel.port2],
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
    });
    this.readers.push({ worker, plans: channel.port1 });
    return new Promise((resolve, reject) => {
      worker.on('error', (error) => {
        reject(error);
        throw error;
      });
      worker.on('message', (message: ReaderMessage) => {
        if (message.kind === 'ready') resolve();
        this.options.onMessage(message);
      });
    });
  }
}

function deviceOf(volume: string, { kept }: Inheritance): number {
  const fd = kept.get(deviceKey(volume));
  if (fd === undefined) throw new HavocError('E_HOLDER', `the holder has no mount of volume ${volume}`);
  return fd;
}

function openBacking({ volume, backing }: VolumeConfig): number {
  const fd = libc.open(cString(backing), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) {
    throw new HavocError(
      'E_BACKING',
      `cannot open ${backing}, the disk beneath volume ${volume}: ${errnoName(errno())}`,
    );
  }
  return fd;
}
