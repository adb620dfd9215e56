/**
 * How long a thread has given no sign of life without an excuse. The time is counted in looks, and a look counts only where
 * the thread could have given one:
 *
 *     the look itself came late ─► the machine is starved, or was suspended ─► does not count
 *     waits for a disk (D), held by a debugger (t), excused ────────────────► does not count
 *     ready to run (R) ─────────────────────────────────────────────────────► counts as four times what it had of a processor
 *     stopped (T), asleep (S) ──────────────────────────────────────────────► counts in full
 *
 * So a thread in a loop is found on a starved machine too, only later, and one that merely waits for its turn is not.
 */

export interface ThreadLook {
  readonly beats: number;
  /** Its state in proc_pid_stat(5); null where it cannot be seen. */
  readonly state: string | null;
  /** What it has had of a processor, all told. */
  readonly cpuMs: number;
  readonly excused: boolean;
}

export class Silence {
  #beats = 0;
  #cpuMs: number | null = null;
  #countedMs = 0;
  readonly #lookMs: number;

  constructor(lookMs: number) {
    this.#lookMs = lookMs;
  }

  /** The silence so far, in milliseconds. `sinceMs`: since the look before. */
  after(look: ThreadLook, sinceMs: number): number {
    if (look.beats !== this.#beats) {
      this.#beats = look.beats;
      this.#countedMs = 0;
      this.#cpuMs = null;
      return 0;
    }
    if (!look.excused && sinceMs <= 2 * this.#lookMs) this.#countedMs += this.#counted(look);
    this.#cpuMs = look.cpuMs;
    return this.#countedMs;
  }

  #counted({ state, cpuMs }: ThreadLook): number {
    if (state === 'R') return this.#cpuMs === null ? 0 : Math.min(this.#lookMs, 4 * (cpuMs - this.#cpuMs));
    return state !== null && unable.has(state) ? 0 : this.#lookMs;
  }
}

/** Waiting for a disk or for memory, traced, dead. */
const unable: ReadonlySet<string> = new Set(['D', 't', 'Z', 'X']);
