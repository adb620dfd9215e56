/** Adds what the kernel counted since it was last asked to what the faults are known to have done. */
import { type CountKind, countKinds, type TcpCounters } from '../tcp-counters.js';
import { counterName, type PacketFault } from './fault-rules.js';
import type { PacketCount, TableReading } from './read-back.js';

export class PacketCounts {
  readonly #seen = new Map<string, PacketCount>();
  readonly #counters: TcpCounters;

  constructor(counters: TcpCounters) {
    this.#counters = counters;
  }

  /** `faults` are those whose tallies are still theirs. */
  note(reading: TableReading, faults: readonly PacketFault[]): void {
    for (const { fault, serial } of faults) {
      for (const kind of countKinds)
        this.#add(fault.slot, kind, { name: counterName(serial, kind), reading });
    }
  }

  /** The table is new: what it counts begins at zero. */
  forget(): void {
    this.#seen.clear();
  }

  #add(slot: number, kind: CountKind, { name, reading }: Named): void {
    const now = reading.counters.get(name);
    if (!now) return;
    const before = this.#seen.get(name) ?? { packets: 0, bytes: 0 };
    this.#seen.set(name, now);
    this.#counters.count(slot, 'matches', kind, Math.max(0, now.packets - before.packets));
    this.#counters.count(slot, 'bytes', kind, Math.max(0, now.bytes - before.bytes));
  }
}

interface Named {
  readonly name: string;
  readonly reading: TableReading;
}
