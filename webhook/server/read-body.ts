/**
 * Reads the body of a request into memory: never more than one review may have, nor more than all may have at once, nor
 * for longer than the API server waits. Anybody who reaches the port may send one, so what counts is the bytes that
 * came, not what a header promises; and one address has a part of the room, never all of it.
 */
import type { IncomingMessage } from 'node:http';
import { type ServerLimits, serverLimits } from './limits.js';

export type ReadBody =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly status: 400 | 408 | 413 | 415 | 503; readonly message: string };

/** Never rejects. What is refused is not read to its end here: the server lets it pass by. */
export async function readBody(request: IncomingMessage, room: BodyRoom): Promise<ReadBody> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!isJson(type)) return refused(415, 'the content type is application/json, in UTF-8');
  if (encoding !== 'identity') return refused(415, 'the body is not compressed');
  if (Number(request.headers['content-length'] ?? 0) > serverLimits.bodyBytes) return tooLarge;
  const share = room.enter(request.socket.remoteAddress ?? '');
  try {
    return await collect(request, share, room.limits.bodyMs);
  } finally {
    share.leave();
  }
}

/** How much memory the bodies may have that are being read. */
export class BodyRoom {
  #freeBytes: number;
  readonly #byAddress = new Map<string, number>();

  constructor(readonly limits: ServerLimits = serverLimits) {
    this.#freeBytes = limits.bodyBytesAtOnce;
  }

  /** What one body takes of it, a part of that which its sender has. */
  enter(address: string): BodyShare {
    let taken = 0;
    return {
      take: (bytes) => {
        const ofAddress = (this.#byAddress.get(address) ?? 0) + bytes;
        if (bytes > this.#freeBytes || ofAddress > this.limits.bodyBytesOfAddress) return false;
        this.#freeBytes -= bytes;
        this.#byAddress.set(address, ofAddress);
        taken += bytes;
        return true;
      },
      leave: () => {
        const left = (this.#byAddress.get(address) ?? 0) - taken;
        this.#freeBytes += taken;
        taken = 0;
        if (left > 0) this.#byAddress.set(address, left);
        else this.#byAddress.delete(address);
      },
    };
  }
}

export interface BodyShare {
  /** False: there is no room for so many more. */
  take(bytes: number): boolean;
  leave(): void;
}

const isJson = (type: string): boolean =>
  type === 'application/json' || /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type);

function collect(request: IncomingMessage, share: BodyShare, bodyMs: number): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = (result: ReadBody): void => {
      clearTimeout(late);
      request.off('data', add).off('end', end).off('close', cutOff).off('error', cutOff);
      resolve(result);
    };
    const add = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > serverLimits.bodyBytes) stop(tooLarge);
      else if (!share.take(chunk.length)) stop(noRoom);
      else chunks.push(chunk);
    };
    const end = (): void => {
      const [first] = chunks;
      stop({ kind: 'body', bytes: chunks.length === 1 && first ? first : Buffer.concat(chunks, bytes) });
    };
    const cutOff = (): void => stop(refused(400, 'the body ended before it was complete'));
    const late = setTimeout(() => stop(tooLate(bodyMs)), bodyMs);
    request.on('data', add).on('end', end).on('close', cutOff).on('error', cutOff);
  });
}

type Refused = Extract<ReadBody, { readonly kind: 'refused' }>;

const refused = (status: Refused['status'], message: string): Refused => ({
  kind: 'refused',
  status,
  message,
});

const tooLarge = refused(413, `the body has more than ${serverLimits.bodyBytes} bytes`);
const noRoom = refused(503, 'too many reviews are being read at once');
const tooLate = (ms: number): Refused => refused(408, `the body did not come to its end within ${ms} ms`);
