/** A world that fails, lags, is not to be reached, and does things twice; and that knows what really happened. */
import { HavocError } from '../../../core/havoc-error.js';
import type { Observed, ObservedFault } from '../../../experiment/engine/moves.js';
import type { RunEvent } from '../../../experiment/journal/events.js';
import type { AskedFault, Sight, World } from '../../../experiment/world.js';
import { parse } from '../../../faults/parse.js';
import type { ManualClock } from '../../core/manual-clock.js';
import type { SeededRandom } from '../../seeded-random.js';

export interface Trouble {
  /** Of each call: the chance that it is refused. */
  readonly refuses: number;
  /** Longest time until a call takes effect. */
  readonly lagMs: number;
  /** The chance that what is asked for takes effect once more, later. */
  readonly repeats: number;
  /** It is not to be reached in this time. */
  readonly away: { readonly fromMs: number; readonly toMs: number };
  /** Of each fault: the chance that it never hits. */
  readonly misses: number;
}

interface TrueFault {
  endsAtMs: number;
  isOff: boolean;
  injected: number;
  readonly hits: boolean;
}

export class SimulatedWorld implements World {
  readonly lookEveryMs = 250;
  readonly known = new Map<string, TrueFault>();
  /** What must never happen, and did. */
  readonly flaws: string[] = [];
  readonly #clock: ManualClock;
  readonly #random: SeededRandom;
  readonly #trouble: Trouble;
  readonly #isAsked: (fault: string) => boolean;
  #pids = { command: 100, 'fault-proxy': 50 };
  #lastPid = 100;
  /** A fault proxy died, and the next one does not serve yet. */
  #isBetween = false;

  constructor(
    clock: ManualClock,
    random: SeededRandom,
    trouble: Trouble,
    isAsked: (fault: string) => boolean,
  ) {
    this.#clock = clock;
    this.#random = random;
    this.#trouble = trouble;
    this.#isAsked = isAsked;
  }

  /** Armed in truth. */
  armed(): readonly string[] {
    return [...this.known].filter(([, fault]) => this.#isArmed(fault)).map(([name]) => name);
  }

  runs(pid: number): boolean {
    return Object.values(this.#pids).includes(pid);
  }

  pids(): Observed['pids'] {
    return { ...this.#pids };
  }

  async look(): Promise<Sight> {
    await this.#reached();
    const seen = new Map<string, ObservedFault>();
    for (const [name, fault] of this.known) {
      const isArmed = this.#isArmed(fault);
      if (isArmed && fault.hits) fault.injected += 1 + this.#random.integer(3);
      const { injected } = fault;
      seen.set(name, { isArmed, reason: isArmed ? null : 'expired', matched: injected, injected });
    }
    return { faults: seen, cluster: null };
  }

  async arm({ fault, sentence }: AskedFault): Promise<string> {
    if (!this.#isAsked(fault))
      this.flaws.push(`${fault} was armed, and the journal did not say before that it would be`);
    const parsed = parse(sentence);
    if (parsed.kind !== 'fault' || parsed.fault.deadline.kind !== 'until') {
      this.flaws.push(`${sentence} has no absolute end`);
      return sentence;
    }
    const endsAtMs = parsed.fault.deadline.epochMs;
    await this.#reached();
    this.#takesEffect(() => {
      const known = this.known.get(fault);
      if (known?.endsAtMs === endsAtMs) return;
      this.known.set(fault, {
        endsAtMs,
        isOff: false,
        injected: 0,
        hits: !this.#random.chance(this.#trouble.misses),
      });
    });
    return sentence;
  }

  async disarm(fault: string): Promise<void> {
    await this.#reached();
    this.#takesEffect(() => {
      const known = this.known.get(fault);
      if (known) known.isOff = true;
    });
  }

  /** It takes a while to be gone, and another one takes its place. */
  async hold(): Promise<void> {}

  async planChange(): Promise<readonly never[]> {
    return [];
  }

  async change(): Promise<string> {
    return '';
  }

  async takeBack(): Promise<string> {
    return '';
  }

  async kill(pid: number, signal: string): Promise<void> {
    await this.#reached();
    if (signal === 'STOP') return;
    this.#clock.after(1 + this.#random.integer(400), () => {
      const { command, 'fault-proxy': faultProxy } = this.#pids;
      this.#lastPid += 1;
      if (pid === command) this.#pids = { ...this.#pids, command: this.#lastPid };
      if (pid !== faultProxy) return;
      this.#pids = { ...this.#pids, 'fault-proxy': this.#lastPid };
      this.#isBetween = true;
      this.#clock.after(1 + this.#random.integer(400), () => {
        this.#isBetween = false;
      });
    });
  }

  begin(_tell: (runEvent: RunEvent) => void): void {}

  #isArmed({ isOff, endsAtMs }: TrueFault): boolean {
    return !isOff && this.#clock.wallMs() < endsAtMs;
  }

  async #reached(): Promise<void> {
    const { away, refuses, lagMs } = this.#trouble;
    const now = this.#clock.monotonicMs();
    if (this.#random.chance(0.3) && lagMs > 0)
      await new Promise<void>((resolve) => this.#clock.after(1 + this.#random.integer(lagMs), resolve));
    const isAway = this.#isBetween || (now >= away.fromMs && now < away.toMs);
    if (isAway || this.#random.chance(refuses)) throw new HavocError('control.unreachable', 'nobody answers');
  }

  #takesEffect(effect: () => void): void {
    effect();
    if (this.#random.chance(this.#trouble.repeats)) this.#clock.after(1 + this.#random.integer(50), effect);
  }
}
