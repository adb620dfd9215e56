/** A disk server without a disk: it keeps the plans it was given, and decides and counts what a test has it meet. */

import type { Clock } from '../../../core/clock.js';
import type { ArmedFaults } from '../../../faults/armed-faults.js';
import { type CompiledFaults, compileFaults } from '../../../faults/compile.js';
import { decide } from '../../../faults/decide.js';
import type { Fault } from '../../../faults/fault.js';
import type { DiskVerb } from '../../../faults/operation.js';
import type { Tally } from '../../../faults/tally.js';
import { type FaultApplier, noTallies, type Tallies } from '../../../sidecar/registry/fault-applier.js';
import { hitsOf } from '../../faults/armed-faults-of.js';

const noPlan: ArmedFaults = { version: 0, faults: [] };

/** What outlives a death: the tallies by slot. */
export type Memory = Map<number, Tallies>;

export class RecordingApplier implements FaultApplier, Tally {
  readonly name = 'disk';
  readonly plans: ArmedFaults[] = [];
  /** What `apply` waits for, and may fail with. */
  holdUp: Promise<void> = Promise.resolve();
  readonly #clock: Clock;
  readonly #tallies: Memory;
  #compiled: CompiledFaults = compileFaults(noPlan);

  constructor(clock: Clock, memory: Memory = new Map()) {
    this.#clock = clock;
    this.#tallies = memory;
  }

  refusal(fault: Fault): string | null {
    return fault.effect.kind === 'throttle' ? 'disk throttle cannot be applied by a test' : null;
  }

  async apply(plan: ArmedFaults): Promise<void> {
    this.plans.push(plan);
    this.#compiled = compileFaults(plan);
    await this.holdUp;
  }

  tallies(slot: number): Tallies {
    const tallies = this.#tallies.get(slot) ?? noTallies;
    return { ...tallies, passed: tallies.matched - tallies.injected };
  }

  traffic(): null {
    return null;
  }

  remarks(): readonly string[] {
    return [];
  }

  resetTallies(slot: number): void {
    this.#tallies.delete(slot);
  }

  matched(slot: number): number {
    return this.#count(slot, 'matched');
  }

  exempted(slot: number): void {
    this.#count(slot, 'exempted');
  }

  get plan(): ArmedFaults {
    return this.plans.at(-1) ?? noPlan;
  }

  /** `name: effect` of what is armed now. */
  get armed(): readonly string[] {
    return this.plan.faults.map(({ name, fault }) => `${name}: ${fault.effect.kind}`);
  }

  /** So many operations of a database, one after the other. Was the last one hit? */
  meet(
    verb: DiskVerb,
    { times = 1, exempt = false }: { readonly times?: number; readonly exempt?: boolean } = {},
  ): boolean {
    let isHit = false;
    const operation = {
      plane: 'disk',
      verb,
      volume: 'data',
      path: 'base/1',
      modifies: false,
      offset: 0,
      bytes: 8192,
    } as const;
    for (let time = 0; time < times; time++) {
      const decision = decide(this.#compiled, operation, {
        nowMs: this.#clock.wallMs(),
        tally: this,
        exempt,
      });
      for (const slot of decision ? hitsOf(decision) : []) this.#count(slot, 'injected');
      isHit = decision !== null;
    }
    return isHit;
  }

  #count(slot: number, tally: keyof Tallies): number {
    const tallies = this.tallies(slot);
    this.#tallies.set(slot, { ...tallies, [tally]: tallies[tally] + 1 });
    return tallies[tally] + 1;
  }
}
