/**
 * The places where a fault is counted, `limits.faults` of them, and who gives up one where there are more faults.
 */
import { limits } from '../../faults/limits.js';
import type { FaultRecord } from './fault-record.js';
import type { FaultRequest, FaultRequests } from './fault-requests.js';

/**
 * The place that was free longest is given first, so that operations still in flight for a fault that has gone do not
 * count for the next. One that a fault had in an earlier life is kept for it.
 */
export class Slots {
  #free: number[];
  /** Slots that have counted for nobody else since the earlier life. */
  #untouched: Set<number>;

  constructor(kept: Iterable<number> = []) {
    this.#untouched = new Set(kept);
    const all = Array.from({ length: limits.faults }, (_, slot) => slot);
    this.#free = [...all.filter((slot) => !this.#untouched.has(slot)), ...this.#untouched];
  }

  copy(): Slots {
    const copy = new Slots();
    copy.#free = [...this.#free];
    copy.#untouched = new Set(this.#untouched);
    return copy;
  }

  get free(): number {
    return this.#free.length;
  }

  /** Null when all are taken. */
  take(): number | null {
    const slot = this.#free.shift() ?? null;
    if (slot !== null) this.#untouched.delete(slot);
    return slot;
  }

  /** The slot of an earlier life, with what was counted there. False where another fault had it since. */
  takeAgain(slot: number): boolean {
    if (!this.#untouched.delete(slot)) return false;
    this.#free.splice(this.#free.indexOf(slot), 1);
    return true;
  }

  release(slot: number): void {
    this.#free.push(slot);
  }
}

/** A control fault that has ended gives its place to another, and so does the one that is replaced. */
export function hasRoomFor(
  { name }: FaultRequest,
  requests: FaultRequests,
  records: readonly FaultRecord[],
): boolean {
  const yielding = new Set(
    records.filter(({ source, ended }) => source === 'control' && ended !== null).map((one) => one.name),
  ).add(name);
  const staying = requests
    .accepted()
    .filter((other) => other.source !== 'control' || !yielding.has(other.name));
  return staying.length < limits.faults;
}

/**
 * Where there are more faults than places, the control's leave: first what has ended, the oldest first; then, for
 * annotations, which go before it, what is armed, the oldest first. `records` is the list as it was.
 */
export function withRoom(requests: FaultRequests, records: readonly FaultRecord[]): FaultRequests {
  const accepted = requests.accepted();
  const excess = Math.max(0, accepted.length - limits.faults);
  const ofControl = records.filter(({ source }) => source === 'control');
  const ended = ofControl.filter((one) => one.ended !== null).sort((a, b) => a.endsMs - b.endsMs);
  const going = ofControl.filter((one) => one.ended === null).sort((a, b) => a.startedMs - b.startedMs);
  const wanted = accepted.filter(({ source }) => source !== 'local').length;
  const leaving = ended.slice(0, excess);
  leaving.push(...going.slice(0, Math.max(0, wanted - limits.faults - leaving.length)));
  const names = new Set(leaving.map(({ name }) => name));
  return names.size === 0 ? requests : requests.dropControl((name) => names.has(name));
}
