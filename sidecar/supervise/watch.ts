/**
 * Watches over one fault proxy: says when it hangs, that is, when its main thread or its TCP proxy has given no sign of
 * life for too long. Looks at memory and at /proc, never at a volume.
 */
import { closeSync } from 'node:fs';
import { readIfThere } from '../linux/read-if-there.js';
import { type Beats, createHeartbeat, readBeats } from '../proxy/heartbeat.js';
import { Silence, type ThreadLook } from './silence.js';
import { silenceTimeouts } from './timeouts.js';

export class Watch {
  /** The descriptor that the fault proxy is to inherit as `heartbeatFd`. */
  readonly fd = createHeartbeat();
  readonly #main = new Silence(silenceTimeouts.lookMs);
  readonly #proxy = new Silence(silenceTimeouts.lookMs);
  #isStarting = true;
  #timer: NodeJS.Timeout | null = null;

  /** `onHung` is called at each look from then on, with a sentence for the log. */
  begin(pid: number, onHung: (why: string) => void): void {
    let lookedMs = performance.now();
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      const why = this.#look(pid, nowMs - lookedMs);
      lookedMs = nowMs;
      if (why !== null) onHung(why);
    }, silenceTimeouts.lookMs).unref();
  }

  /** It has begun to take over. */
  starts(): void {
    this.#isStarting = true;
  }

  /** It serves, or has nothing to do. */
  idles(): void {
    this.#isStarting = false;
  }

  close(): void {
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    closeSync(this.fd);
  }

  #look(pid: number, sinceMs: number): string | null {
    const beats = readBeats(this.fd);
    const main = { who: 'its main thread', thread: pid, beats: beats.main, silence: this.#main };
    const proxy = {
      who: 'its TCP proxy',
      thread: beats.proxyThread,
      beats: beats.proxy,
      silence: this.#proxy,
    };
    for (const { who, thread, beats: count, silence } of beats.proxy === 0 ? [main] : [main, proxy]) {
      const seen = lookAt(`/proc/${pid}/task/${thread}/stat`, count, beats.excused);
      const silentMs = silence.after(seen, sinceMs);
      if (silentMs >= this.#boundFor(beats, seen)) return sentence(who, silentMs, seen.state);
    }
    return null;
  }

  #boundFor({ main }: Beats, { state }: ThreadLook): number {
    if (state === 'T') return silenceTimeouts.idleMs;
    if (main === 0) return silenceTimeouts.loadingMs;
    return this.#isStarting ? silenceTimeouts.startingMs : silenceTimeouts.idleMs;
  }
}

const sentence = (who: string, silentMs: number, state: string | null): string =>
  `${who} gave no sign of life for ${silentMs / 1000} s (state ${state ?? 'unknown'})`;

/** Of a clock tick, in which the kernel shows what a thread has used (USER_HZ). */
const tickMs = 10;

function lookAt(file: string, beats: number, excused: boolean): ThreadLook {
  // The name before it, in brackets, may hold anything.
  const fields = (readIfThere(file) ?? '').replace(/^.*\) /s, '').split(' ');
  const [state = '', user = 0, system = 0] = [fields[0], Number(fields[11]), Number(fields[12])];
  return { beats, state: state === '' ? null : state, cpuMs: (user + system) * tickMs, excused };
}
