/**
 * The fault proxy's connection to the holder. The holder may die too, and is then started again with empty hands; the
 * mounts live on, since the fault proxy has their devices. It is looked for, and everything is handed to it: should the
 * fault proxy die next, nothing is lost either.
 *
 *     closed? ─ every 100 ms ─► connect ─► take the old connection's number ─► hand over ─► as before
 */
import { closeSync } from 'node:fs';
import { HavocError } from '../../core/havoc-error.js';
import { O_CLOEXEC } from '../linux/constants.js';
import { libc } from '../linux/libc.js';
import { receive, send } from '../linux/packet-socket.js';
import type { FdStore } from './fd-store.js';
import { FdStorePort, type Inheritance, inherit } from './fd-store-port.js';
import { limits } from './limits.js';

const SHUT_RDWR = 2;

export interface HolderLinkOptions {
  readonly socketPath: string;
  readonly inheritance: Inheritance;
  /** Gives all that is to be kept; false when that failed, and is to be tried again. */
  readonly handOver: (fdStore: FdStore) => boolean;
  /** That it is lost is not told once we leave: it ends too, and no death of ours counts any more. */
  readonly onChange: (change: HolderChange) => void;
}

export type HolderChange =
  | { readonly kind: 'lost' }
  /** Another holds everything. */
  | { readonly kind: 'found'; readonly pid: number };

export class HolderLink {
  pid: number;
  readonly #port: FdStorePort;
  #isLost = false;
  #isDraining = false;
  readonly #options: HolderLinkOptions;

  constructor(options: HolderLinkOptions) {
    this.#options = options;
    this.#port = new FdStorePort(options.inheritance.holderFd);
    this.pid = options.inheritance.holderPid;
  }

  /** Would a fault proxy after us find everything, and is one to come? */
  get hasSuccessor(): boolean {
    return !this.#isLost && !this.#isDraining;
  }

  follow(): void {
    setInterval(() => this.#look(), limits.holderLookMs).unref();
  }

  /** We drain: a holder that is asked to end need not stay for us. */
  announceDrain(): void {
    this.#isDraining = true;
    send(this.#port.fd, 'draining');
  }

  #look(): void {
    const { socketPath, handOver, onChange } = this.#options;
    if (!this.#isLost) {
      if (this.#hear()) return;
      this.#isLost = true;
      if (!this.#isDraining) onChange({ kind: 'lost' });
    }
    const pid = this.#connectAgain(socketPath);
    if (pid === null || !handOver(this.#port)) return;
    this.#isLost = false;
    this.pid = pid;
    onChange({ kind: 'found', pid });
  }

  /** False at the end of the connection. */
  #hear(): boolean {
    const message = receive(this.#port.fd, 0);
    if (message.kind === 'message' && message.text === 'draining?')
      send(this.#port.fd, this.#isDraining ? 'draining' : 'serving');
    return message.kind !== 'end';
  }

  /** All threads speak to the holder by this one number, and go on to do so. */
  #connectAgain(socketPath: string): number | null {
    // A hand-over that failed is begun again, and the holder serves one connection.
    libc.shutdown(this.#port.fd, SHUT_RDWR);
    try {
      const { holderFd, holderPid, kept } = inherit(socketPath);
      for (const fd of kept.values()) closeSync(fd);
      libc.dup3(holderFd, this.#port.fd, O_CLOEXEC);
      closeSync(holderFd);
      return holderPid;
    } catch (error) {
      if (error instanceof HavocError) return null;
      throw error;
    }
  }
}
