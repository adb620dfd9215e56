/**
 * The signs of life of a fault proxy: counters in memory (memfd) that its threads raise, and that its supervisor reads.
 *
 *     word 0 beats of the main thread | 1 beats of the TCP proxy's thread | 2 its thread id | 3 may the main thread be silent?
 *
 * The readers of the disk give none: who waits for a disk that hangs is not at fault. For the same reason the main thread
 * says when it carries out a request itself. Under a debugger of JavaScript everything may stop.
 */
import { readSync } from 'node:fs';
import { url as inspectorUrl } from 'node:inspector';
import { HavocError } from '../../core/havoc-error.js';
import { errnoName } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { mapFile, memoryFile } from '../linux/memory.js';
import { proxyTimeouts } from './timeouts.js';

/** Where a fault proxy finds it: behind standard input, output, error, and the channel to its supervisor. */
export const heartbeatFd = 4;

const word = { main: 0, proxy: 1, proxyThread: 2, excused: 3 } as const;
const bytes = 16;

/** What a supervisor makes, one for each fault proxy. */
export function createHeartbeat(): number {
  const fd = memoryFile('havock8s-heartbeat', bytes);
  if (fd < 0)
    throw new HavocError('sidecar.no-memory', `cannot make memory for the heartbeat: ${errnoName(errno())}`);
  return fd;
}

export interface Beats {
  readonly main: number;
  /** 0: there is no TCP proxy, or it has not begun. */
  readonly proxy: number;
  readonly proxyThread: number;
  readonly excused: boolean;
}

/** As the supervisor sees them; it maps nothing. */
export function readBeats(fd: number): Beats {
  const words = new Int32Array(bytes / 4);
  readSync(fd, words, 0, bytes, 0);
  const [main = 0, proxy = 0, proxyThread = 0, excused = 0] = words;
  return { main, proxy, proxyThread, excused: excused !== 0 };
}

/** Of the main thread. */
export class Heartbeat {
  readonly #words = mapFile(heartbeatFd, bytes).words;

  begin(): void {
    const beat = (): void => {
      // Before the debugger can stop anything.
      Atomics.store(this.#words, word.excused, inspectorUrl() === undefined ? 0 : 1);
      Atomics.add(this.#words, word.main, 1);
    };
    beat();
    setInterval(beat, proxyTimeouts.beatMs).unref();
  }

  /** The work may take as long as the disk beneath likes. */
  excuse<T>(work: () => T): T {
    Atomics.store(this.#words, word.excused, 1);
    try {
      return work();
    } finally {
      Atomics.store(this.#words, word.excused, inspectorUrl() === undefined ? 0 : 1);
    }
  }
}

/** For the thread of the TCP proxy: what it calls at each turn. */
export function proxyHeartbeat(fd: number): () => void {
  const { words } = mapFile(fd, bytes);
  Atomics.store(words, word.proxyThread, libc.gettid?.() ?? 0);
  return () => {
    Atomics.add(words, word.proxy, 1);
  };
}
