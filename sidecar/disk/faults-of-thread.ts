/**
 * The armed faults as one reader thread knows them. The main thread publishes them by posting them and then
 * raising the shared epoch; a thread looks at the epoch before each request, so that no request that starts
 * after newer ones were announced meets an older one.
 */

import type { ArmedFaults } from '../../faults/armed-faults.js';
import { type CompiledFaults, compileFaults } from '../../faults/compile.js';
import { decide } from '../../faults/decide.js';
import type { DiskDecision } from '../../faults/decision.js';
import { diskDecisionOf } from '../../faults/disk-decisions.js';
import type { Fault } from '../../faults/fault.js';
import { diskVerbs } from '../../faults/operation.js';
import { operationOf, verbIndexOf } from './operation-of.js';
import { Paths } from './paths.js';
import type { Counters } from './state/counters.js';
import { type InodeTable, rootSlot } from './state/inode-table.js';
import { Unreached } from './unreached.js';
import { isHolding } from './wait-queue/hold.js';
import { isAboutOneInode } from './wire/arguments.js';
import type { Exchange } from './wire/exchange.js';
import { opcode } from './wire/opcodes.js';

const verbIndex = {
  read: diskVerbs.indexOf('read'),
  lookup: diskVerbs.indexOf('lookup'),
  getattr: diskVerbs.indexOf('getattr'),
} as const;

const nothing: CompiledFaults = compileFaults({ version: 0, faults: [] });

export interface ArmedFaultsSource {
  readonly counters: Counters;
  /** The newest that were posted, or null when all were taken. */
  takeArmed(): ArmedFaults | null;
}

export class FaultsOfThread {
  #compiled = nothing;
  #epoch = 0;
  #waits = false;
  readonly paths: Paths;
  readonly #unreached = new Unreached();
  readonly #volume: string;
  readonly #source: ArmedFaultsSource;
  readonly #inodes: InodeTable;

  constructor(volume: string, source: ArmedFaultsSource, inodes: InodeTable) {
    this.#volume = volume;
    this.#source = source;
    this.#inodes = inodes;
    this.paths = new Paths(inodes);
  }

  /** What is to happen to this request; null, nearly always: nothing. */
  decisionOn(request: Exchange): DiskDecision | null {
    this.#refresh();
    if (this.#compiled === nothing) return null;
    const index = verbIndexOf[request.opcode] ?? -1;
    const verb = diskVerbs[index];
    if (verb === undefined || !this.#compiled.touches(verb)) return null;
    if (isAboutOneInode(request.opcode) && !this.#reaches(index, request.nodeid)) return null;
    const paths = this.#compiled.needsPath(verb) ? this.paths : null;
    const operation = operationOf(request, { volume: this.#volume, verb, paths });
    const context = { nowMs: Date.now(), tally: this.#source.counters, exempt: isExempt(request) };
    return decide(this.#compiled, operation, context);
  }

  /** Does an armed fault look at the reads of this file? */
  readsAreFaulted(slot: number): boolean {
    this.#refresh();
    return this.#reaches(verbIndex.read, slot);
  }

  /** Of the armed faults, as decisions name it. */
  get version(): number {
    this.#refresh();
    return this.#compiled.version;
  }

  /** Must this file's name and attributes be asked for each time, because a fault is on them? */
  metaIsFaulted(slot: number): boolean {
    return this.#reaches(verbIndex.lookup, slot) || this.#reaches(verbIndex.getattr, slot);
  }

  #reaches(index: number, slot: number): boolean {
    const verb = diskVerbs[index];
    if (verb === undefined || this.#compiled === nothing || !this.#compiled.touches(verb)) return false;
    const names = this.#inodes.nameEpoch;
    if (this.#unreached.has(slot, index, names)) return false;
    const path = this.#compiled.needsPath(verb) ? this.paths.of(slot) : '';
    const isReached = this.#compiled.reaches(verb, this.#volume, path);
    if (!isReached) this.#unreached.add(slot, index, names);
    return isReached;
  }

  get flushIsFaulted(): boolean {
    return this.#compiled !== nothing && this.#compiled.touches('flush');
  }

  /** Are reads delayed, throttled or frozen? */
  get readsMayWait(): boolean {
    this.#refresh();
    return this.#waits;
  }

  get anyReads(): boolean {
    return this.#compiled !== nothing && this.#compiled.touches('read');
  }

  #refresh(): void {
    if (this.#source.counters.crashed) {
      this.#compiled = nothing;
      return;
    }
    const epoch = this.#source.counters.armedEpoch;
    if (epoch === this.#epoch) return;
    const armed = this.#source.takeArmed();
    if (armed) this.#waits = armed.faults.some(({ fault }) => makesWait(fault));
    if (armed) this.#compiled = armed.faults.length === 0 ? nothing : compileFaults(armed);
    if (armed) this.#unreached.clear();
    this.#epoch = epoch;
  }
}

const makesWait = (fault: Fault): boolean =>
  fault.plane === 'disk' && isHolding(diskDecisionOf(fault.effect).part);

/** The kubelet stats the root of every volume: a fault there would take the pod down from outside. */
const isExempt = (request: Exchange): boolean =>
  request.nodeid === rootSlot && (request.opcode === opcode.GETATTR || request.opcode === opcode.STATX);
