/**
 * Which inodes of a volume the armed faults are about, as the main thread sees it: what the kernel remembers of those
 * must be forgotten, for a fault would miss whatever the kernel answers by itself.
 */
import type { ArmedFaults } from '../../faults/armed-faults.js';
import { type CompiledFaults, compileFaults } from '../../faults/compile.js';
import type { DiskVerb } from '../../faults/operation.js';
import type { Remembered } from './kernel-cache.js';
import { Paths } from './paths.js';
import { rootSlot } from './state/inode-table.js';
import type { Volume } from './volume.js';

/** Which verb the kernel spares itself by remembering what. */
const kernelRemembers: readonly { readonly verb: DiskVerb; readonly what: Remembered }[] = [
  { verb: 'read', what: 'pages' },
  { verb: 'getattr', what: 'attributes' },
  { verb: 'lookup', what: 'name' },
];

export interface RememberedInode {
  readonly what: Remembered;
  readonly slot: number;
}

export class FaultedInodes {
  readonly #volume: Volume;
  readonly #paths: Paths;
  #compiled = compileFaults({ version: 0, faults: [] });

  /** What the wait queue answers late, the kernel must remember as little of as of a reader's answers. */
  constructor(volume: Volume) {
    this.#volume = volume;
    this.#paths = new Paths(volume.inodes);
    volume.readsAreFaulted = (slot) => this.#isFaulted('read', slot);
    volume.flushIsFaulted = () => this.#compiled.touches('flush');
    volume.metaIsFaulted = (slot) => this.#isFaulted('lookup', slot) || this.#isFaulted('getattr', slot);
  }

  follow(armed: ArmedFaults): void {
    this.#compiled = compileFaults(armed);
  }

  get readsAreFaulted(): boolean {
    return this.#compiled.touches('read');
  }

  /** There may be millions: each is worked out when its turn comes. */
  *rememberedUnder(armed: ArmedFaults): Generator<RememberedInode> {
    const compiled = compileFaults(armed);
    for (const { verb, what } of kernelRemembers) {
      if (!compiled.touches(verb)) continue;
      for (const known of this.remembered(what)) if (this.#reaches(compiled, verb, known.slot)) yield known;
    }
  }

  /** Of which inodes the kernel may remember this. */
  *remembered(what: Remembered): Generator<RememberedInode> {
    const { inodes } = this.#volume;
    for (const slot of inodes.all()) {
      if (what === 'pages' && !inodes.use.isCached(slot)) continue;
      if (what !== 'name' || slot !== rootSlot) yield { what, slot };
    }
  }

  #isFaulted(verb: DiskVerb, slot: number): boolean {
    return this.#compiled.touches(verb) && this.#reaches(this.#compiled, verb, slot);
  }

  #reaches(compiled: CompiledFaults, verb: DiskVerb, slot: number): boolean {
    return compiled.reaches(verb, this.#volume.name, compiled.needsPath(verb) ? this.#paths.of(slot) : '');
  }
}
