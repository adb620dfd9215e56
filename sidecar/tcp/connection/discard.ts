/**
 * One socket of a connection that a fault has ended in order: its peer was told the end, and what it still sends is
 * read and thrown away. To close with bytes unread would be a reset for it.
 */
import { EAGAIN, EINTR } from '../../linux/errno.js';
import { MSG_TRUNC } from '../../linux/inet-socket.js';
import { errno, libc } from '../../linux/libc.js';
import { limits } from '../limits.js';
import type { ProxyRuntime } from './proxy-runtime.js';
import type { ProxySocket, Runnable } from './proxy-socket.js';

export interface DiscardOptions {
  readonly socket: ProxySocket;
  readonly runtime: ProxyRuntime;
  /** Its peer has ended too, or is gone. */
  readonly onDone: () => void;
}

export class Discard implements Runnable {
  isScheduled = false;
  #leftBytes: number = limits.discardBytes;
  #state: 'reading' | 'done' | 'closed' = 'reading';
  readonly #options: DiscardOptions;

  constructor(options: DiscardOptions) {
    this.#options = options;
  }

  get isDone(): boolean {
    return this.#state === 'done';
  }

  run(): void {
    const { socket, runtime } = this.#options;
    try {
      for (let reads = 0; reads < limits.readsInTurn && this.#mayRead(socket); reads++)
        this.#read(socket, runtime);
      if (this.#mayRead(socket)) runtime.schedule(this);
    } catch (error) {
      runtime.crash(error);
    }
  }

  close(): void {
    this.#state = 'closed';
  }

  #mayRead({ isReadable }: ProxySocket): boolean {
    return this.#state === 'reading' && isReadable && this.#leftBytes > 0;
  }

  /** MSG_TRUNC: the kernel copies nothing. */
  #read(socket: ProxySocket, { buffers }: ProxyRuntime): void {
    const read = libc.recv(socket.fd, buffers.address, buffers.readBytes, MSG_TRUNC);
    if (read > 0) this.#leftBytes -= read;
    else if (read < 0 && errno() === EAGAIN) socket.isReadable = false;
    else if (read === 0 || errno() !== EINTR) {
      this.#state = 'done';
      this.#options.onDone();
    }
  }
}
