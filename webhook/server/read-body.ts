/** Reads the body of a request into memory, never more than one review may have, nor more than all may have at once. */
import type { IncomingMessage } from 'node:http';
import { serverLimits } from './limits.js';

export type ReadBody =
  | { readonly kind: 'body'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly status: 400 | 413 | 415 | 503; readonly message: string };

/** Never rejects. What is refused is not read to its end here: the server lets it pass by. */
export async function readBody(request: IncomingMessage, room: BodyRoom): Promise<ReadBody> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!isJson(type)) return refused(415, 'the content type is application/json, in UTF-8');
  if (encoding !== 'identity') return refused(415, 'the body is not compressed');
  // Without a length it may have any that is allowed.
  const due = Number(request.headers['content-length'] ?? serverLimits.bodyBytes);
  if (due > serverLimits.bodyBytes) return tooLarge;
  if (!room.take(due)) return refused(503, 'too many reviews are being read at once');
  try {
    return await collect(request);
  } finally {
    room.give(due);
  }
}

/** How much memory the bodies may have that are being read. */
export class BodyRoom {
  #freeBytes: number;

  constructor(bytes: number = serverLimits.bodyBytesAtOnce) {
    this.#freeBytes = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.#freeBytes) return false;
    this.#freeBytes -= bytes;
    return true;
  }

  give(bytes: number): void {
    this.#freeBytes += bytes;
  }
}

const isJson = (type: string): boolean =>
  type === 'application/json' || /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type);

function collect(request: IncomingMessage): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = (result: ReadBody): void => {
      request.off('data', add).off('end', end).off('close', cutOff).off('error', cutOff);
      resolve(result);
    };
    const add = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > serverLimits.bodyBytes) stop(tooLarge);
      else chunks.push(chunk);
    };
    const end = (): void => {
      const [first] = chunks;
      stop({ kind: 'body', bytes: chunks.length === 1 && first ? first : Buffer.concat(chunks, bytes) });
    };
    const cutOff = (): void => stop(refused(400, 'the body ended before it was complete'));
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
