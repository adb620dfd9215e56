/**
 * epoll(7), edge-triggered, for a thread that does nothing else. Each descriptor is its own data, so that an
 * event costs no lookup of ours and no object.
 */
import { arch } from 'node:process';
import { HavocError } from '../../core/havoc-error.js';
import { EINTR, errnoName } from './errno.js';
import { errno, libc } from './libc.js';
import { allocate } from './memory.js';

export const EPOLLIN = 0x001;
export const EPOLLPRI = 0x002;
export const EPOLLOUT = 0x004;
export const EPOLLERR = 0x008;
export const EPOLLHUP = 0x010;
export const EPOLLRDHUP = 0x2000;
export const EPOLLET = -0x8000_0000;

const EPOLL_CLOEXEC = 0o2000000;
const operation = { add: 1, remove: 2 } as const;

/** struct epoll_event is packed on x86-64 alone (include/uapi/linux/eventpoll.h). */
const stride = arch === 'x64' ? 3 : 4;
const dataWord = stride - 2;
const mostEvents = 512;
/** Behind the events: a timespec, and the event that epoll_ctl takes. */
const timeoutAt = mostEvents * stride * 4;
const controlAt = timeoutAt + 16;

export class Epoll {
  readonly #fd: number;
  readonly #memory = allocate(controlAt + 16);

  constructor() {
    this.#fd = libc.epollCreate1(EPOLL_CLOEXEC);
    if (this.#fd < 0) throw new HavocError('tcp.epoll', `cannot make an epoll: ${errnoName(errno())}`);
  }

  add(fd: number, events: number): void {
    this.#control(operation.add, fd, events);
  }

  remove(fd: number): void {
    this.#control(operation.remove, fd, 0);
  }

  /** Waits for events, at most `timeoutMs` (fractions count; Infinity: for ever), and says how many there are. */
  wait(timeoutMs: number): number {
    const isPlain = timeoutMs === 0 || timeoutMs === Number.POSITIVE_INFINITY || libc.epollPwait2 === null;
    const count = isPlain ? this.#waitWhole(timeoutMs) : this.#waitPrecisely(timeoutMs);
    if (count >= 0) return count;
    if (errno() === EINTR) return 0;
    throw new HavocError('tcp.epoll', `cannot wait for events: ${errnoName(errno())}`);
  }

  eventsOf(index: number): number {
    return this.#memory.words[index * stride] ?? 0;
  }

  fdOf(index: number): number {
    return this.#memory.words[index * stride + dataWord] ?? -1;
  }

  close(): void {
    libc.close(this.#fd);
  }

  #waitPrecisely(timeoutMs: number): number {
    const { address, longs } = this.#memory;
    const seconds = Math.floor(timeoutMs / 1000);
    longs[timeoutAt / 8] = BigInt(seconds);
    longs[timeoutAt / 8 + 1] = BigInt(Math.ceil((timeoutMs - seconds * 1000) * 1e6));
    return (
      libc.epollPwait2?.(this.#fd, address, mostEvents, address + timeoutAt, 0) ?? this.#waitWhole(timeoutMs)
    );
  }

  #waitWhole(timeoutMs: number): number {
    const ms = Number.isFinite(timeoutMs) ? Math.min(Math.ceil(timeoutMs), 0x7fff_ffff) : -1;
    return libc.epollWait(this.#fd, this.#memory.address, mostEvents, ms);
  }

  #control(what: number, fd: number, events: number): void {
    const { address, words } = this.#memory;
    words[controlAt / 4] = events;
    words[controlAt / 4 + dataWord] = fd;
    words[controlAt / 4 + dataWord + 1] = 0;
    if (libc.epollCtl(this.#fd, what, fd, address + controlAt) === 0) return;
    throw new HavocError('tcp.epoll', `cannot watch descriptor ${fd}: ${errnoName(errno())}`);
  }
}
