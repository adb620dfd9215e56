/** Adds what the kernel counted since it was last asked to what the faults are known to have done. */
import type { TcpCounters } from '../tcp-counters.js';
import { type CounterKind, counterKinds, counterName, type PacketFault } from './fault-rules.js';
import type { PacketCount, TableReading } from './read-back.js';

export class PacketCounts {
  private readonly seen = new Map<string, PacketCount>();

  constructor(private readonly counters: TcpCounters) {}

  /** `faults` are those whose tallies are still theirs. */
  note(reading: TableReading, faults: readonly PacketFault[]): void {
    for (const { fault, serial } of faults) {
      for (const kind of counterKinds)
        this.add(fault.slot, kind, reading.counters.get(counterName(serial, kind)), serial);
    }
  }

  /** The table is new: what it counts begins at zero. */
  forget(): void {
    this.seen.clear();
  }

  private add(slot: number, kind: CounterKind, now: PacketCount | undefined, serial: number): void {
    if (!now) return;
    const name = counterName(serial, kind);
    const before = this.seen.get(name) ?? { packets: 0, bytes: 0 };
    this.seen.set(name, now);
    this.counters.count(slot, 'matches', kind, Math.max(0, now.packets - before.packets));
    this.counters.count(slot, 'bytes', kind, Math.max(0, now.bytes - before.bytes));
  }
}
