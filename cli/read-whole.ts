/** A stream as bytes, up to a bound: what is read from outside is held in memory. */
import type { Readable } from 'node:stream';

/** What is read, or in one sentence why it is not. */
export async function readWhole(stream: Readable, mostBytes: number): Promise<Buffer | string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream) {
      length += (chunk as Buffer).length;
      if (length > mostBytes) return `more than ${mostBytes / 2 ** 20} MiB`;
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    return unreadable(error);
  }
}

export function unreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === undefined) throw error;
  return code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
}
