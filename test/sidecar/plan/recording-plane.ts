/** A disk plane without a disk: it keeps the plans it was given, and counts what a test tells it. */
import type { Fault } from '../../../faults/fault.js';
import type { FaultPlan } from '../../../faults/plan.js';
import type { DataPlane, Tallies } from '../../../sidecar/plan/data-plane.js';

const nothing: Tallies = { matched: 0, injected: 0, exempted: 0, passed: 0 };

export class RecordingPlane implements DataPlane {
  readonly name = 'disk';
  readonly plans: FaultPlan[] = [];
  readonly #tallies = new Map<number, Tallies>();
  /** What the next `apply` waits for, and may fail with. */
  holdUp: Promise<void> = Promise.resolve();

  refusal(fault: Fault): string | null {
    return fault.effect.kind === 'throttle' ? 'disk throttle cannot be applied by a test' : null;
  }

  async apply(plan: FaultPlan): Promise<void> {
    this.plans.push(plan);
    await this.holdUp;
  }

  tallies(slot: number): Tallies {
    return this.#tallies.get(slot) ?? nothing;
  }

  resetTallies(slot: number): void {
    this.#tallies.delete(slot);
  }

  /** Names armed now, with their sentences' effects. */
  get armed(): readonly string[] {
    return this.plan.faults.map(({ name, fault }) => `${name}: ${fault.effect.kind}`);
  }

  get plan(): FaultPlan {
    return this.plans.at(-1) ?? { version: 0, faults: [] };
  }

  count(name: string, tallies: Partial<Tallies>): void {
    const slot = this.plan.faults.find((fault) => fault.name === name)?.slot;
    if (slot === undefined) throw new TypeError(`${name} is not armed`);
    this.#tallies.set(slot, { ...this.tallies(slot), ...tallies });
  }
}
