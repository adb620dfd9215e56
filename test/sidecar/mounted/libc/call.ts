/**
 * System calls Node has no name for, through the C library. The tests have bindings of their own: a mistake in the
 * sidecar's would otherwise hide behind itself.
 */
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

export const libc = koffi.load('libc.so.6');

export type Path = string | Buffer;

/** What the C library reports for a call that failed; `code` is the errno's name, as in Node's own errors. */
export class CallError extends Error {
  constructor(
    readonly errno: number,
    readonly code: string,
    call: string,
  ) {
    super(`${call}: ${code}`);
    this.name = 'CallError';
  }
}

/** The result of a call, which must not be negative; call it right after the call, while errno is still its own. */
export function checked(call: string, result: number): number {
  if (result >= 0) return result;
  throw callError(call);
}

/** The error of the call that failed last. */
export function callError(call: string): CallError {
  const errno = koffi.errno();
  return new CallError(errno, nameOf(errno), call);
}

/** Names travel as bytes: a file name need not be UTF-8. */
export function cString(path: Path): Buffer {
  return Buffer.concat([Buffer.from(path as string), Buffer.of(0)]);
}

function nameOf(errno: number): string {
  if (errno === 95) return 'EOPNOTSUPP';
  const name = getSystemErrorName(-errno);
  return name.startsWith('E') ? name : `errno ${errno}`;
}
