/**
 * A volume and a session over a directory of the test's own, in this process and without a mount: a request is
 * a frame put into the exchange, its reply is what lies there afterwards.
 *
 *     life 1 ─ die() ─► life 2: the same shared memory, as a proxy finds it that is started after a SIGKILL
 */
import { closeSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ArmedFaults } from '../../../faults/armed-faults.js';
import type { DiskDecision } from '../../../faults/decision.js';
import type { CallerIdentity } from '../../../sidecar/disk/caller-identity.js';
import { newExchange } from '../../../sidecar/disk/device.js';
import { FaultsOfThread } from '../../../sidecar/disk/faults-of-thread.js';
import type { Range } from '../../../sidecar/disk/kernel-cache.js';
import type { OutdatedPages } from '../../../sidecar/disk/outdated-pages.js';
import { recoverState } from '../../../sidecar/disk/recover-state.js';
import { Session } from '../../../sidecar/disk/session.js';
import { Counters } from '../../../sidecar/disk/state/counters.js';
import { rootSlot } from '../../../sidecar/disk/state/inode-table.js';
import { Intents, inheritIntents } from '../../../sidecar/disk/state/intents.js';
import {
  attachVolumeState,
  createVolumeState,
  field,
  type VolumeState,
} from '../../../sidecar/disk/state/volume-state.js';
import { Volume } from '../../../sidecar/disk/volume.js';
import { feature } from '../../../sidecar/disk/wire/flags.js';
import { replyAt } from '../../../sidecar/disk/wire/sizes.js';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../../../sidecar/linux/constants.js';
import { libc } from '../../../sidecar/linux/libc.js';
import { cString } from '../../../sidecar/linux/memory.js';
import { DescriptorBudget } from '../../../sidecar/proxy/descriptor-budget.js';
import { RecordingFdStore } from './recording-fd-store.js';

export interface WaitingRequest {
  readonly request: Uint8Array;
  readonly decision: DiskDecision | null;
}

export interface VolumeOptions {
  /** Another directory to serve than an empty one of the test's own. */
  readonly directory?: string;
  readonly readers?: number;
  /** Which features INIT is supposed to have agreed on. */
  readonly features?: readonly (keyof typeof feature)[];
  /** In whose name files are made. */
  readonly caller?: CallerIdentity;
  /** Of the process; without them, plenty. */
  readonly descriptors?: DescriptorBudget;
}

/** What a mount with a recent kernel agrees on, as far as handlers ask. */
const usualFeatures = ['SETXATTR_EXT', 'HANDLE_KILLPRIV_V2', 'HAS_RESEND'] as const;

export const plentyOfDescriptors = (): DescriptorBudget =>
  DescriptorBudget.of({ limit: 65_536, volumes: 1, hasNetwork: false, hasReadOnlyPort: false });

export class OpenedVolume {
  readonly waiting: WaitingRequest[] = [];
  readonly interrupts: (readonly [low: number, high: number])[] = [];
  readonly droppedCaches: { readonly inode: number; readonly range: Range | null }[] = [];
  /** Replies that were left to the main thread, and of which pages. */
  readonly leftReplies: { readonly reply: Uint8Array; readonly outdated: OutdatedPages }[] = [];
  readonly crashes: unknown[] = [];
  readonly volume: Volume;
  readonly descriptors: DescriptorBudget;
  /** May one more request wait? */
  hasRoom = true;
  readonly session: Session;
  readonly #request = newExchange();
  #armed: ArmedFaults | null = null;
  readonly #options: VolumeOptions;

  private constructor(
    readonly directory: string,
    readonly state: VolumeState,
    readonly counters: Counters,
    readonly fdStore: RecordingFdStore,
    options: VolumeOptions,
    inherited: boolean,
  ) {
    this.#options = options;
    const intents = inherited ? inheritIntents(state) : new Map();
    this.descriptors = options.descriptors ?? plentyOfDescriptors();
    const rootFd = libc.open(cString(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    this.volume = new Volume({
      name: 'data',
      state,
      readOnly: false,
      rootFd,
      deviceFd: -1,
      intents: new Intents(state, 1, intents),
      fdStore,
      descriptors: this.descriptors,
      readers: options.readers ?? 4,
      ...(options.caller ? { caller: options.caller } : {}),
    });
    if (inherited) recoverState(this.volume, rootFd, fdStore.handOver());
    else this.#plantRoot(rootFd);
    this.session = this.#newSession();
  }

  static open(t: TestContext, options: VolumeOptions = {}): OpenedVolume {
    const outside = mkdtempSync(join(tmpdir(), 'havock8s-test-'));
    t.after(() => rmSync(outside, { recursive: true, force: true }));
    const directory = options.directory ?? join(outside, 'volume');
    mkdirSync(directory, { recursive: true });
    const opened = new OpenedVolume(
      directory,
      createVolumeState('data'),
      Counters.create(),
      new RecordingFdStore(),
      options,
      false,
    );
    t.after(() => {
      closeSync(opened.state.fd);
      closeSync(opened.counters.fd);
      opened.fdStore.close();
    });
    return opened.#closedAfter(t);
  }

  /** The fault proxy is killed, and another takes over what it left. */
  die(t: TestContext, options: VolumeOptions = this.#options): OpenedVolume {
    this.#closeDescriptors();
    const state = attachVolumeState(this.state.fd);
    return new OpenedVolume(this.directory, state, this.counters, this.fdStore, options, true).#closedAfter(
      t,
    );
  }

  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  /** The whole reply, or null when there is none (yet). */
  serve(frame: Uint8Array): Buffer | null {
    this.#request.load(frame);
    const length = this.session.serve(this.#request);
    if (length === 0) return null;
    const reply = Buffer.from(this.#request.output.bytes.subarray(replyAt, replyAt + length));
    this.session.replied(this.#request);
    return reply;
  }

  /** As a fault proxy that is killed before it acts: it has noted what it is about to do. */
  begin(unique: bigint, first: number): void {
    const header = Buffer.alloc(40);
    header.writeBigUInt64LE(unique, 8);
    this.#request.load(header);
    this.volume.options.intents.begin(this.#request, first, 0);
  }

  /** From the next request on. */
  arm(armed: ArmedFaults): void {
    this.#armed = armed;
    this.counters.announceArmed(this.counters.armedEpoch + 1);
  }

  #plantRoot(rootFd: number): void {
    this.volume.statFd(rootFd, this.volume.stat);
    this.volume.inodes.plantRoot(this.volume.stat);
    this.volume.inodes.fds.offer(rootSlot, rootFd);
    for (const name of this.#options.features ?? usualFeatures) {
      const word = feature[name] < 32 ? field.flags : field.flags2;
      this.state.header[word] = (this.state.header[word] ?? 0) | (1 << (feature[name] & 31));
    }
  }

  #newSession(): Session {
    const { volume, counters } = this;
    const faults = new FaultsOfThread(
      'data',
      { counters, takeArmed: () => this.#takeArmed() },
      volume.inodes,
    );
    volume.readsAreFaulted = (slot) => faults.readsAreFaulted(slot);
    volume.flushIsFaulted = () => faults.flushIsFaulted;
    volume.metaIsFaulted = (slot) => faults.metaIsFaulted(slot);
    return new Session({
      volume,
      faults,
      counters,
      thread: 1,
      waits: {
        wait: (request, decision) =>
          this.hasRoom && this.waiting.push({ request: request.copyRequest(), decision }) > 0,
        waitForDisk: (request, decision) => this.waiting.push({ request: request.copyRequest(), decision }),
        interrupt: (low, high) => this.interrupts.push([low, high]),
        dropCache: (inode, range) => this.droppedCaches.push({ inode, range }),
        answerAfterDrop: (request, outdated) =>
          this.leftReplies.push({ reply: request.copyReply(), outdated }),
      },
      onCrash: (error) => this.crashes.push(error),
    });
  }

  #takeArmed(): ArmedFaults | null {
    const armed = this.#armed;
    this.#armed = null;
    return armed;
  }

  #closedAfter(t: TestContext): this {
    t.after(() => this.#closeDescriptors());
    return this;
  }

  #closed = false;

  /** As the kernel does with those of a process that ends. */
  #closeDescriptors(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { inodes, handles } = this.volume;
    for (const slot of inodes.all()) if (inodes.fds.of(slot) >= 0) closeSync(inodes.fds.of(slot));
    for (const handle of handles.all()) if (handles.fd(handle) >= 0) closeSync(handles.fd(handle));
  }
}
