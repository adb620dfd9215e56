/**
 * Which part of the process may have how many of its descriptors, in memory that all its threads share. The kernel gives
 * each open file of a program, and each connection, one of the same numbers that the control endpoint is reached by.
 *
 *     0 ──────────────────────────────── pool ──── control ──── read-only port ──── own ──── limit
 *       │ files and connections, each within │ answers   │ answers             │ threads, memory, what a
 *       │ what the other's share leaves      │           │ strangers           │ request needs for itself
 *
 * Within the pool files and connections are each sure of a share, and get what the other does not use. A part of it is for
 * files that lose their name (`hasRoomToPin`), and nobody opens by it. Two threads that look at the same time may both
 * find the last one free: `own` has room for that.
 */
const word = {
  pool: 0,
  filesShare: 1,
  connectionsShare: 2,
  pins: 3,
  handles: 4,
  inodes: 5,
  sockets: 6,
  refusedFiles: 7,
} as const;

export type Counted = 'handles' | 'inodes' | 'sockets';

/** What the process uses for itself, whatever is opened: threads, pipes, a program that it starts, look-ups of names. */
const ownOfProcess = 96;
/** Its readers, and what a request of each opens for as long as it lasts. */
const ownOfVolume = 32;
const mostControl = 256;
const controlShare = 1 / 16;
const mostReadOnly = 64;
const readOnlyShare = 1 / 64;
/** However much is for the rest. */
const leastPool = 1 / 4;

/** Parts of the pool. */
const share = {
  /** What is theirs alone, should the others want everything. */
  ofFiles: 1 / 4,
  ofConnections: 1 / 8,
  ofPins: 1 / 16,
  /** Of what files may have now: with so many in use, inodes keep no more; but so many of them always. */
  ofAmpleFiles: 1 / 8,
  ofKeptInodes: 1 / 16,
} as const;

export interface Descriptors {
  /** How many the process may have. */
  readonly limit: number;
  readonly volumes: number;
  readonly hasNetwork: boolean;
  readonly hasReadOnlyPort: boolean;
}

export class DescriptorBudget {
  readonly #words: Int32Array;

  constructor(readonly memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  static of({ limit, volumes, hasNetwork, hasReadOnlyPort }: Descriptors): DescriptorBudget {
    const bounded = Math.min(limit, 2 ** 30);
    const own = ownOfProcess + ownOfVolume * volumes;
    const answering = controlConnections(limit) + (hasReadOnlyPort ? readOnlyConnections(limit) : 0);
    const pool = Math.max(bounded * leastPool, bounded - own - answering);
    const budget = new DescriptorBudget(
      new SharedArrayBuffer(Object.keys(word).length * Int32Array.BYTES_PER_ELEMENT),
    );
    budget.#words[word.pool] = pool;
    budget.#words[word.filesShare] = volumes === 0 ? 0 : pool * share.ofFiles;
    budget.#words[word.pins] = volumes === 0 ? 0 : pool * share.ofPins;
    budget.#words[word.connectionsShare] = hasNetwork ? pool * share.ofConnections : 0;
    return budget;
  }

  /** For a file or directory that a program opens. */
  get hasRoomToOpen(): boolean {
    return this.#files + this.#of('pins') < this.#mostFiles;
  }

  /** For a descriptor of an inode that cannot be opened again. */
  get hasRoomToPin(): boolean {
    return this.#files < this.#mostFiles;
  }

  /** For a descriptor of an inode that saves opening it again. */
  get hasRoomToKeep(): boolean {
    const pool = this.#of('pool');
    const isAmple =
      this.#files < this.#mostFiles * share.ofAmpleFiles || this.#of('inodes') < pool * share.ofKeptInodes;
    return isAmple && this.hasRoomToOpen;
  }

  /** For both sockets of a connection. */
  get hasRoomToConnect(): boolean {
    const pool = this.#of('pool');
    const files = Math.max(this.#files + this.#of('pins'), this.#of('filesShare'));
    return this.#of('sockets') + 2 <= Math.max(pool - files, this.#of('connectionsShare'));
  }

  count(what: Counted, change: number): void {
    Atomics.add(this.#words, word[what], change);
  }

  /** May a program open one more? False is counted: it is told that there are too many open files. */
  admitsFile(): boolean {
    const hasRoom = this.hasRoomToOpen;
    if (!hasRoom) Atomics.add(this.#words, word.refusedFiles, 1);
    return hasRoom;
  }

  get refusedFiles(): number {
    return this.#of('refusedFiles');
  }

  get #files(): number {
    return this.#of('handles') + this.#of('inodes');
  }

  get #mostFiles(): number {
    return this.#of('pool') - Math.max(this.#of('sockets'), this.#of('connectionsShare'));
  }

  #of(name: keyof typeof word): number {
    return Atomics.load(this.#words, word[name]);
  }
}

/** How many connections the control endpoint may have. */
export const controlConnections = (limit: number): number =>
  Math.min(mostControl, Math.max(16, Math.floor(limit * controlShare)));

/** How many the read-only port may have. */
export const readOnlyConnections = (limit: number): number =>
  Math.min(mostReadOnly, Math.max(8, Math.floor(limit * readOnlyShare)));
