/**
 * One socket of a connection that a fault has ended in order: its peer was told the end, and what it still sends is
 * read and thrown away. To close with bytes unread would be a reset for it.
 */
import { EAGAIN, EINTR } from '../../linux/errno.js';
import { MSG_TRUNC } from '../../linux/inet-socket.js';
import { errno, libc } from '../../linux/libc.js';
import { limits } from '../limits.js';
import type { ConnectionRuntime } from './connection-runtime.js';
import type { End, Way } from './end.js';

export interface DiscardOptions {
  readonly end: End;
  readonly passage: ConnectionRuntime;
  /** Its peer has ended too, or is gone. */
  readonly onDone: () => void;
}

export class Discard implements Way {
  isScheduled = false;
  private leftBytes: number = limits.discardBytes;
  private state: 'reading' | 'done' | 'closed' = 'reading';

  constructor(private readonly options: DiscardOptions) {}

  get isDone(): boolean {
    return this.state === 'done';
  }

  run(): void {
    const { end, passage } = this.options;
    try {
      for (let reads = 0; reads < limits.readsInTurn && this.mayRead(end); reads++) this.read(end, passage);
      if (this.mayRead(end)) passage.schedule(this);
    } catch (error) {
      passage.crash(error);
    }
  }

  close(): void {
    this.state = 'closed';
  }

  private mayRead({ isReadable }: End): boolean {
    return this.state === 'reading' && isReadable && this.leftBytes > 0;
  }

  /** MSG_TRUNC: the kernel copies nothing. */
  private read(end: End, { buffers }: ConnectionRuntime): void {
    const read = libc.recv(end.fd, buffers.address, buffers.readBytes, MSG_TRUNC);
    if (read > 0) this.leftBytes -= read;
    else if (read < 0 && errno() === EAGAIN) end.isReadable = false;
    else if (read === 0 || errno() !== EINTR) {
      this.state = 'done';
      this.options.onDone();
    }
  }
}
