/** Carries out the stop policy on one COMMAND: sends what is to be sent, and keeps the time. */
import { assertNever } from '../../../core/assert-never.js';
import {
  onSignal,
  onTimeout,
  running,
  type Stopping,
  type StopSignal,
  type StopState,
} from './stop-policy.js';

export interface StopperOptions {
  kill(signal: NodeJS.Signals): void;
  /** At the start: one that hangs up is gone by the time its signal is here. */
  readonly hasTerminal: boolean;
  /** Does Ctrl-C reach COMMAND by itself? Asked at each signal: a shell may put us into the background. */
  isShared(): boolean;
  nowMs(): number;
  /** COMMAND is asked to end, for the first time: nothing may hold it up. */
  onEnding(): void;
  /** A Ctrl-C was left to COMMAND. */
  onLeft(): void;
}

export class CommandStopper {
  /** Resolves when not even SIGKILL has ended COMMAND. */
  readonly gaveUp: Promise<void>;
  readonly #options: StopperOptions;
  #giveUp: () => void = () => {};
  #state: StopState = running;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: StopperOptions) {
    this.#options = options;
    this.gaveUp = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
  }

  signal(signal: StopSignal): void {
    const { hasTerminal, isShared, nowMs } = this.#options;
    this.#take(onSignal(this.#state, signal, { nowMs: nowMs(), hasTerminal, isShared: isShared() }));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #take({ state, step }: Stopping): void {
    const wasRunning = this.#state.stage === 'running';
    this.#state = state;
    switch (step.kind) {
      case 'leave':
        this.#options.onLeft();
        break;
      case 'pass':
        this.#options.kill(step.signal);
        break;
      case 'end':
        if (wasRunning) this.#options.onEnding();
        this.#end(step.signal, step.graceMs);
        break;
      case 'give-up':
        clearTimeout(this.#timer);
        this.#giveUp();
        break;
      default:
        assertNever(step);
    }
  }

  #end(signal: NodeJS.Signals, graceMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#take(onTimeout(this.#state)), graceMs);
    this.#options.kill(signal);
  }
}
