/** A request that was copied out of its exchange, field by field. */
import { inHeaderBytes } from './sizes.js';

export interface RequestHeader {
  readonly opcode: number;
  readonly uniqueLow: number;
  readonly uniqueHigh: number;
  readonly nodeid: number;
  readonly pid: number;
}

const view = (request: Uint8Array): DataView =>
  new DataView(request.buffer, request.byteOffset, request.byteLength);

export function headerOf(request: Uint8Array): RequestHeader {
  const bytes = view(request);
  return {
    opcode: bytes.getUint32(4, true),
    uniqueLow: bytes.getUint32(8, true),
    uniqueHigh: bytes.getUint32(12, true),
    nodeid: Number(bytes.getBigUint64(16, true)),
    pid: bytes.getUint32(32, true),
  };
}

export const argument32 = (request: Uint8Array, offset: number): number =>
  view(request).getUint32(inHeaderBytes + offset, true);

export const argument64 = (request: Uint8Array, offset: number): number =>
  Number(view(request).getBigUint64(inHeaderBytes + offset, true));
