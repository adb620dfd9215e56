/**
 * The appliers of this sidecar, as the registry uses them: plans are brought to them one after the other, and they are
 * asked what became of a fault. An applier that fails to take a plan is an applier of which nobody knows what it
 * injects, so `publish` rejects, and the registry disarms everything.
 */
import type { Clock } from '../../core/clock.js';
import { HavocError } from '../../core/havoc-error.js';
import type { ArmedFaults } from '../../faults/armed-faults.js';
import type { FaultApplier, Tallies, Traffic } from './fault-applier.js';
import type { FaultRecord } from './fault-record.js';
import { registryLimits } from './registry-limits.js';

export const noTallies: Tallies = { matched: 0, injected: 0, exempted: 0, passed: 0 };

export class Appliers {
  readonly #appliers: readonly FaultApplier[];
  readonly #clock: Clock;
  /** Slots of faults that have hit something. */
  readonly #hits = new Set<number>();
  #tail: Promise<void> = Promise.resolve();
  #cleared = false;

  constructor(appliers: readonly FaultApplier[], clock: Clock) {
    this.#appliers = appliers;
    this.#clock = clock;
  }

  /** Resolves once the appliers have taken this plan, after those published before it. */
  publish(plan: ArmedFaults): Promise<void> {
    const taken = this.#tail.then(() => (this.#cleared ? undefined : this.#apply(plan)));
    this.#tail = taken.catch(() => {});
    return taken;
  }

  /** The last plan, an empty one. Waits for nobody: a plan that hangs must not keep faults armed. */
  async clear(version: number): Promise<void> {
    this.#cleared = true;
    await this.#apply({ version, faults: [] });
  }

  tallies(record: FaultRecord): Tallies {
    return this.#of(record)?.tallies(record.slot) ?? noTallies;
  }

  traffic(record: FaultRecord): Traffic | null {
    return this.#of(record)?.traffic(record.slot) ?? null;
  }

  remarks(record: FaultRecord): readonly string[] {
    return this.#of(record)?.remarks(record.fault) ?? [];
  }

  /** Those that have hit something since they were armed, each once. */
  firstHits(armed: readonly FaultRecord[]): readonly FaultRecord[] {
    const first = armed.filter((record) => !this.#hits.has(record.slot) && this.tallies(record).injected > 0);
    for (const { slot } of first) this.#hits.add(slot);
    return first;
  }

  /** Forgets what was counted in its slot. */
  resetTallies(record: FaultRecord): void {
    this.#hits.delete(record.slot);
    this.#of(record)?.resetTallies(record.slot);
  }

  #of({ fault }: FaultRecord): FaultApplier | undefined {
    return this.#appliers.find(({ name }) => name === fault.plane);
  }

  async #apply(plan: ArmedFaults): Promise<void> {
    const applied = this.#appliers.map((applier) => {
      const faults = plan.faults.filter(({ fault }) => fault.plane === applier.name);
      return applier.apply({ version: plan.version, faults });
    });
    await this.#withinBound(Promise.all(applied));
  }

  #withinBound(applied: Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () =>
        reject(
          new HavocError('plan.apply-late', `a plane took over ${registryLimits.applyMs} ms to take a plan`),
        );
      const cancel = this.#clock.after(registryLimits.applyMs, late);
      applied.then(() => resolve(), reject).finally(cancel);
    });
  }
}
