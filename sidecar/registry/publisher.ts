/**
 * Brings plans to the appliers, one after the other. An applier that fails to take a plan is an applier of which nobody
 * knows what it injects, so the publisher rejects, and the registry disarms everything.
 */

import type { Clock } from '../../core/clock.js';
import { HavocError } from '../../core/havoc-error.js';
import type { ArmedFaults } from '../../faults/armed-faults.js';
import type { FaultApplier } from './fault-applier.js';
import { registryLimits } from './registry-limits.js';

export class Publisher {
  readonly #appliers: readonly FaultApplier[];
  readonly #clock: Clock;
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
