/** One bounded look at the annotations file, whatever stands at its path. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { registryLimits } from '../registry-limits.js';

export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string };

/** Never rejects: a file that cannot be read is an answer too. */
export async function readAnnotationsFile(file: string): Promise<FileContent> {
  let handle: FileHandle | undefined;
  try {
    // Without O_NONBLOCK a FIFO at this path would hold the open for ever.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    return await readBounded(handle);
  } catch (cause) {
    return failureOf(cause);
  } finally {
    await handle?.close();
  }
}

async function readBounded(handle: FileHandle): Promise<FileContent> {
  const stat = await handle.stat();
  if (!stat.isFile()) return unreadable('not-a-file', 'the annotations file is not a regular file');
  // One byte more than it was: a file that grows while it is read shows, and comes again with the next event.
  const buffer = Buffer.alloc(Math.min(stat.size, registryLimits.annotationsFileBytes) + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > registryLimits.annotationsFileBytes) {
    return unreadable(
      'too-large',
      `the annotations file has more than ${registryLimits.annotationsFileBytes} bytes`,
    );
  }
  return { kind: 'text', text: buffer.toString('utf8', 0, length) };
}

function failureOf(cause: unknown): FileContent {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
  return unreadable(code, cause instanceof Error ? cause.message : String(cause));
}

function unreadable(code: string, message: string): FileContent {
  return { kind: 'unreadable', code, message };
}
