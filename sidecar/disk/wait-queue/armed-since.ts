/**
 * Since when the fault in each slot is armed. A slot is given again when its fault has gone, in the same step if need be:
 * what was decided for the fault before must not be taken for the next one's.
 */

import type { ArmedFault, ArmedFaults } from '../../../faults/armed-faults.js';
import { format } from '../../../faults/format.js';

export class ArmedSince {
  #slots: ReadonlyMap<number, Since> = new Map();

  follow({ version, faults }: ArmedFaults): void {
    const since = (armed: ArmedFault): Since => {
      const before = this.#slots.get(armed.slot);
      return before && isSame(before.armed, armed) ? before : { version, armed };
    };
    this.#slots = new Map(faults.map((armed) => [armed.slot, since(armed)]));
  }

  /** Is the fault still armed that had this slot when something was decided under `version`? */
  isArmed(slot: number, version: number): boolean {
    const since = this.#slots.get(slot);
    return since !== undefined && since.version <= version;
  }

  /** The version under which the slot's fault was armed first; changes with the fault. */
  since(slot: number): number | undefined {
    return this.#slots.get(slot)?.version;
  }
}

interface Since {
  readonly version: number;
  readonly armed: ArmedFault;
}

const isSame = (a: ArmedFault, b: ArmedFault): boolean =>
  a === b ||
  (a.name === b.name && a.seed === b.seed && a.endsMs === b.endsMs && format(a.fault) === format(b.fault));
