/**
 * Brings plans to the planes, one after the other. A plane that fails to take a plan is a plane of which nobody
 * knows what it injects, so the publisher rejects, and the book disarms everything.
 */

import type { Clock } from '../../core/clock.js';
import { HavocError } from '../../core/havoc-error.js';
import type { FaultPlan } from '../../faults/plan.js';
import type { DataPlane } from './data-plane.js';
import { planLimits } from './plan-limits.js';

export class Publisher {
  readonly #planes: readonly DataPlane[];
  readonly #clock: Clock;
  #tail: Promise<void> = Promise.resolve();
  #cleared = false;

  constructor(planes: readonly DataPlane[], clock: Clock) {
    this.#planes = planes;
    this.#clock = clock;
  }

  /** Resolves once the planes have taken this plan, after those published before it. */
  publish(plan: FaultPlan): Promise<void> {
    const taken = this.#tail.then(() => (this.#cleared ? undefined : this.#apply(plan)));
    this.#tail = taken.catch(() => {});
    return taken;
  }

  /** The last plan, an empty one. Waits for nobody: a plan that hangs must not keep faults armed. */
  async clear(version: number): Promise<void> {
    this.#cleared = true;
    await this.#apply({ version, faults: [] });
  }

  async #apply(plan: FaultPlan): Promise<void> {
    const applied = this.#planes.map((plane) => {
      const faults = plan.faults.filter(({ fault }) => fault.plane === plane.name);
      return plane.apply({ version: plan.version, faults });
    });
    await this.#withinBound(Promise.all(applied));
  }

  #withinBound(applied: Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () =>
        reject(
          new HavocError('plan.apply-late', `a plane took over ${planLimits.applyMs} ms to take a plan`),
        );
      const cancel = this.#clock.after(planLimits.applyMs, late);
      applied.then(() => resolve(), reject).finally(cancel);
    });
  }
}
