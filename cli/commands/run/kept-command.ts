/** The command of a run: started, started again where the file says so, and ended with the run. */
import { systemClock } from '../../../core/clock.js';
import { messageOf } from '../../../core/havoc-error.js';
import { sleep, within } from '../../../core/sleep.js';
import type { RunEvent } from '../../../experiment/journal/events.js';
import { type CommandOptions, type RunningCommand, startCommand } from '../local/start-command.js';
import { stopTimes } from '../local/timeouts.js';

export interface KeptCommandOptions extends CommandOptions {
  readonly restart: 'never' | 'onFailure';
}

/** Between its end and its next start. */
const restartMs = 1000;
/** So long it is waited for that all of its group is gone. */
const goneMs = 5000;
const lookMs = 10;

export class KeptCommand {
  readonly #options: KeptCommandOptions;
  readonly #closing = new AbortController();
  #running: RunningCommand | null = null;
  /** Its group may have members when it has ended. */
  #last: RunningCommand | null = null;
  #ended: Promise<void> = Promise.resolve();
  #tell: (runEvent: RunEvent) => void = () => {};

  constructor(options: KeptCommandOptions) {
    this.#options = options;
  }

  get pid(): number | null {
    return this.#running?.pid ?? null;
  }

  start(tell: (runEvent: RunEvent) => void): void {
    this.#tell = tell;
    this.#ended = this.#keep();
  }

  /** Asks it to end, and kills it when it takes too long, with whatever it left running. Bounded. */
  async stop(): Promise<void> {
    this.#closing.abort();
    this.#last?.kill('SIGTERM');
    await this.#groupGone(stopTimes.terminatedMs);
    this.#last?.kill('SIGKILL');
    await within(stopTimes.killedMs, this.#ended, systemClock);
  }

  async #keep(): Promise<void> {
    while (!this.#closing.signal.aborted) {
      const code = await this.#once();
      if (this.#options.restart === 'never' || code === 0) return;
      await Promise.all([
        this.#leftoversGone(),
        sleep(restartMs, { clock: systemClock, signal: this.#closing.signal }),
      ]);
    }
  }

  /** What it left running would be in the way of the next one: it holds ports and locks until it is gone. Bounded. */
  async #leftoversGone(): Promise<void> {
    this.#last?.kill('SIGKILL');
    await this.#groupGone(goneMs);
  }

  async #groupGone(withinMs: number): Promise<void> {
    const lateMs = systemClock.monotonicMs() + withinMs;
    while (this.#last?.isLeft() && systemClock.monotonicMs() < lateMs)
      await sleep(lookMs, { clock: systemClock });
  }

  /** Its exit code; null when it could not even be started. */
  async #once(): Promise<number | null> {
    const running = startCommand({ ...this.#options, ownGroup: true });
    this.#last = running;
    const { pid } = running;
    try {
      this.#running = running;
      this.#tell({ type: 'command-began', pid });
      const code = await running.ended;
      this.#running = null;
      this.#tell({ type: 'command-ended', pid, code });
      return code;
    } catch (error) {
      this.#running = null;
      this.#tell({ type: 'warned', message: messageOf(error) });
      this.#tell({ type: 'command-ended', pid, code: 127 });
      return null;
    }
  }
}
