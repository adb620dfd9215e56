/** /dev/fuse: one read(2) is a request, one write(2) a reply or a notification. */

import { HavocError } from '../../core/havoc-error.js';
import { EAGAIN, ECONNABORTED, EINTR, ENODEV, ENOENT, errnoName } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { allocate, allocatePresent, scratch } from '../linux/memory.js';
import { Exchange } from './wire/exchange.js';
import { bufferBytes, requestBytes } from './wire/sizes.js';

const POLLIN = 1;

export const newExchange = (): Exchange => new Exchange(allocate(bufferBytes), allocate(bufferBytes));

/** Also a reader that is being killed can take a request from the kernel, whole: it will be asked again. */
export const newExchangeOfReader = (): Exchange =>
  new Exchange(allocatePresent(bufferBytes), allocate(bufferBytes));

/** Waits for a request and reads it. False: the volume was unmounted, or its connection aborted. */
export function readRequest(fd: number, request: Exchange): boolean {
  for (;;) {
    const bytes = libc.read(fd, request.requestAddress, requestBytes);
    if (bytes > 0) {
      request.arrived(bytes);
      return true;
    }
    const failure = errno();
    if (failure === ENODEV || failure === ECONNABORTED) return false;
    if (failure !== EINTR && failure !== EAGAIN && failure !== ENOENT) {
      throw new HavocError('fuse.unusable', `cannot read /dev/fuse: ${errnoName(failure)}`);
    }
  }
}

/** Is there a request that nobody took yet? */
export const isReadable = (fd: number): boolean => waitForRequest(fd, 0);

/** False when none came in time. */
export function waitForRequest(fd: number, timeoutMs: number): boolean {
  scratch.words[0] = fd;
  scratch.words[1] = POLLIN;
  return libc.poll(scratch.address, 1, timeoutMs) > 0;
}

/** False: the kernel no longer waits for this reply, or the volume is gone. */
export const writeReply = (fd: number, request: Exchange, length: number): boolean =>
  libc.write(fd, request.replyAddress, length) >= 0;
