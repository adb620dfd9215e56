/**
 * One request and its reply, in memory the kernel reads and writes directly. Each thread has one and uses it
 * again and again: fields are read where they lie, and a reply is built where it will be sent from.
 *
 *     input:   ... [in header 40][arguments ...][WRITE data, page-aligned ...]
 *     output:  ... [out header 16][payload, page-aligned ...]
 */
import { inHeaderBytes, outHeaderBytes, payloadAt, replyAt, requestAt } from './sizes.js';

/** The parts of a memory that an exchange needs; `address` is what system calls get. */
export interface ExchangeMemory {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly unsigned: Uint32Array;
  readonly words: Int32Array;
}

/** What of a file a READ or a WRITE is about. */
export interface PageRange {
  readonly nodeid: number;
  readonly offset: number;
  readonly bytes: number;
}

const headerWord = requestAt / 4;
const argumentWord = (requestAt + inHeaderBytes) / 4;
const payloadWord = payloadAt / 4;
const replyWord = replyAt / 4;
const highUnit = 2 ** 32;
/** A u64 whose high half is below this is a number without loss. */
const exactHigh = 2 ** 21;

export class Exchange {
  constructor(
    readonly input: ExchangeMemory,
    readonly output: ExchangeMemory,
  ) {}

  get length(): number {
    return this.#header(0);
  }
  get opcode(): number {
    return this.#header(1);
  }
  get uniqueLow(): number {
    return this.#header(2);
  }
  get uniqueHigh(): number {
    return this.#header(3);
  }
  get nodeid(): number {
    return this.#header(4) + this.#header(5) * highUnit;
  }
  get uid(): number {
    return this.#header(6);
  }
  get gid(): number {
    return this.#header(7);
  }
  get pid(): number {
    return this.#header(8);
  }

  /** A u32 of the arguments, by its byte offset. */
  u32(offset: number): number {
    return this.input.unsigned[argumentWord + offset / 4] ?? 0;
  }

  i32(offset: number): number {
    return this.input.words[argumentWord + offset / 4] ?? 0;
  }

  /** A u64 of the arguments as a number: exact up to 2^53. */
  u64(offset: number): number {
    return this.u32(offset) + this.u32(offset + 4) * highUnit;
  }

  /** A u64 that may use all its bits, as directory offsets do. */
  i64Exact(offset: number): bigint {
    return (BigInt(this.i32(offset + 4)) << 32n) | BigInt(this.u32(offset));
  }

  /** A position in a file, exact to the last of its 63 bits: what system calls take. */
  position(offset: number): number | bigint {
    return this.u32(offset + 4) < exactHigh ? this.u64(offset) : this.i64Exact(offset);
  }

  /** read_in and write_in: offset@8 size@16. */
  get pageRange(): PageRange {
    return { nodeid: this.nodeid, offset: this.u64(8), bytes: this.u32(16) };
  }

  /** The address of the arguments' byte at `offset`: where a system call finds a name or data. */
  argument(offset: number): number {
    return this.input.address + requestAt + inHeaderBytes + offset;
  }

  /** The NUL-ended name at `offset` of the arguments, without its NUL; a view, valid until the next request. */
  name(offset: number): Uint8Array {
    const start = requestAt + inHeaderBytes + offset;
    const end = this.input.bytes.indexOf(0, start);
    const limit = requestAt + this.length;
    return this.input.bytes.subarray(start, end < 0 || end > limit ? limit : end);
  }

  /** Zeroes bytes of the payload; a structure is then set field by field. */
  clearPayload(bytes: number, offset = 0): void {
    this.output.unsigned.fill(0, payloadWord + offset / 4, payloadWord + (offset + bytes) / 4);
  }

  set32(offset: number, value: number): void {
    this.output.unsigned[payloadWord + offset / 4] = value;
  }

  setExact64(offset: number, value: bigint): void {
    this.output.unsigned[payloadWord + offset / 4] = Number(BigInt.asUintN(32, value));
    this.output.unsigned[payloadWord + offset / 4 + 1] = Number(BigInt.asUintN(32, value >> 32n));
  }

  set64(offset: number, value: number): void {
    this.output.unsigned[payloadWord + offset / 4] = value;
    this.output.unsigned[payloadWord + offset / 4 + 1] = Math.floor(value / highUnit);
  }

  /** Changes an argument before its handler sees it. */
  putArgument32(offset: number, value: number): void {
    this.input.unsigned[argumentWord + offset / 4] = value;
  }

  putArgument64(offset: number, value: number): void {
    this.putArgument32(offset, value);
    this.putArgument32(offset + 4, Math.floor(value / highUnit));
  }

  payload32(offset: number): number {
    return this.output.unsigned[payloadWord + offset / 4] ?? 0;
  }

  payload64(offset: number): number {
    return this.payload32(offset) + this.payload32(offset + 4) * highUnit;
  }

  flipPayloadBit(bit: number): void {
    const at = payloadAt + (bit >>> 3);
    this.output.bytes[at] = (this.output.bytes[at] ?? 0) ^ (1 << (bit & 7));
  }

  get payload(): number {
    return this.output.address + payloadAt;
  }

  get payloadBytes(): Uint8Array {
    return this.output.bytes.subarray(payloadAt);
  }

  /**
   * Finishes the reply: `result` is the payload's length, or a negated errno and no payload.
   * Returns the length of the message that begins at `replyAddress`.
   */
  seal(result: number): number {
    const length = outHeaderBytes + Math.max(0, result);
    const { unsigned, words } = this.output;
    unsigned[replyWord] = length;
    words[replyWord + 1] = Math.min(0, result);
    unsigned[replyWord + 2] = this.uniqueLow;
    unsigned[replyWord + 3] = this.uniqueHigh;
    return length;
  }

  get replyAddress(): number {
    return this.output.address + replyAt;
  }

  get requestAddress(): number {
    return this.input.address + requestAt;
  }

  /** A copy of the request, which is to wait; `load` puts it back. */
  copyRequest(): Uint8Array {
    return this.input.bytes.slice(requestAt, requestAt + this.length);
  }

  load(request: Uint8Array): void {
    this.input.bytes.set(request, requestAt);
    this.arrived(request.length);
  }

  /** A copy of the sealed reply, to be sent later; `loadReply` puts it back. */
  copyReply(): Uint8Array {
    const length = this.output.unsigned[replyWord] ?? 0;
    return this.output.bytes.slice(replyAt, replyAt + length);
  }

  loadReply(reply: Uint8Array): void {
    this.output.bytes.set(reply, replyAt);
  }

  /** The number of the request that the reply is for, as the reply says it. */
  get answered(): readonly [low: number, high: number] {
    const { unsigned } = this.output;
    return [unsigned[replyWord + 2] ?? 0, unsigned[replyWord + 3] ?? 0];
  }

  /** A request is as long as what came, and its last name ends there, whatever it says. */
  arrived(bytes: number): void {
    this.input.unsigned[headerWord] = bytes;
    this.input.bytes[requestAt + bytes] = 0;
  }

  #header(word: number): number {
    return this.input.unsigned[headerWord + word] ?? 0;
  }
}
