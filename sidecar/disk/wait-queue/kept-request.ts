/**
 * The bytes of a request that waits. They lie outside JavaScript's heap, where every thread of the process finds them by
 * their address, and are given back the moment the request is answered: a garbage collector comes when it likes, and
 * hundreds of writes of 1 MiB may have come and gone by then.
 */
import { libc } from '../../linux/libc.js';
import { mapPrivate } from '../../linux/memory.js';
import type { Exchange } from '../wire/exchange.js';

export interface KeptRequest {
  readonly address: number;
  readonly bytes: number;
}

/** From here on a request has pages of its own, which go back to the system; smaller ones share the C library's. */
const ownPagesBytes = 32 * 1024;

/** A copy of a request; null where there is no memory. To be freed once. */
export function keepRequest(request: Exchange): KeptRequest | null {
  const bytes = request.length;
  const address = bytes < ownPagesBytes ? libc.malloc(bytes) : mapPrivate(bytes);
  if (address <= 0) return null;
  libc.memcpy(address, request.requestAddress, bytes);
  return { address, bytes };
}

/** Puts it back, as it came. */
export function loadRequest(request: Exchange, { address, bytes }: KeptRequest): void {
  libc.memcpy(request.requestAddress, address, bytes);
  request.arrived(bytes);
}

export function freeRequest({ address, bytes }: KeptRequest): void {
  if (bytes < ownPagesBytes) libc.free(address);
  else libc.munmap(address, bytes);
}
