/** Processes of this machine: one sidecar, asked by its control endpoint, and the command that lives on its disks and ports. */
import type { Observed, ObservedFault } from '../../engine/moves.js';
import type { RunEvent } from '../../journal/events.js';
import type { AskedFault, PlannedChange, Sight, World } from '../../world.js';

/** What of a sidecar's control endpoint is used here. */
export interface Control {
  faults(): Promise<readonly ShownFault[]>;
  arm(
    name: string,
    sentence: string,
  ): Promise<
    | { readonly kind: 'armed' }
    | { readonly kind: 'refused'; readonly problems: readonly { readonly message: string }[] }
  >;
  disarm(name: string): Promise<boolean>;
}

interface ShownFault {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly tallies: { readonly matched: number; readonly injected: number };
}

export interface LocalWorldOptions {
  readonly control: Control;
  /** Null while it does not run. */
  readonly commandPid: () => number | null;
  readonly faultProxyPid: () => number;
  /** Starts the command, and tells what happens to it. */
  readonly begin: (tell: (runEvent: RunEvent) => void) => void;
}

export class LocalWorld implements World {
  readonly lookEveryMs = 250;
  readonly #options: LocalWorldOptions;

  constructor(options: LocalWorldOptions) {
    this.#options = options;
  }

  async look(): Promise<Sight> {
    const faults = await this.#options.control.faults();
    return { faults: new Map(faults.map((fault) => [fault.name, observed(fault)])), cluster: null };
  }

  pids(): Observed['pids'] {
    const { commandPid, faultProxyPid } = this.#options;
    return { command: commandPid(), 'fault-proxy': faultProxyPid() || null };
  }

  async arm({ fault, sentence }: AskedFault): Promise<string> {
    const arming = await this.#options.control.arm(fault, sentence);
    if (arming.kind === 'refused')
      throw new Error(
        `the sidecar refuses the sentence: ${arming.problems.map(({ message }) => message).join('; ')}`,
      );
    return sentence;
  }

  async disarm(fault: string): Promise<void> {
    await this.#options.control.disarm(fault);
  }

  async kill(pid: number, signal: string): Promise<void> {
    try {
      process.kill(pid, `SIG${signal}`);
    } catch (error) {
      // It is gone already.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  /** What is switched on here ends with the sidecar: nothing outlives it. */
  async hold(): Promise<void> {}

  /** A file without targets has no step that changes anything; see `clusterProblems`. */
  async planChange(): Promise<readonly PlannedChange[]> {
    throw new Error('nothing but processes can be changed on this machine');
  }

  async change(): Promise<string> {
    return this.takeBack();
  }

  async takeBack(): Promise<string> {
    throw new Error('nothing was changed on this machine');
  }

  begin(tell: (runEvent: RunEvent) => void): void {
    this.#options.begin(tell);
  }
}

const observed = ({ state, reason, tallies }: ShownFault): ObservedFault => ({
  isArmed: state === 'armed',
  reason: state === 'armed' ? null : (reason ?? state),
  matched: tallies.matched,
  injected: tallies.injected,
});
