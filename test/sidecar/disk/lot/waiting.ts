/** A lot with a clock that stands still until it is told, and what it did. */
import type { TestContext } from 'node:test';
import type { DiskDecision } from '../../../../faults/decision.js';
import { Lot } from '../../../../sidecar/disk/lot/lot.js';
import type { ReaderMessage } from '../../../../sidecar/disk/lot/lot-port.js';
import type { Parked } from '../../../../sidecar/disk/lot/parked.js';
import { errnoName } from '../../../../sidecar/linux/errno.js';

export interface WaitingLot {
  readonly lot: Lot;
  /** `unique`, or `unique ERRNO` of what was refused, in order; emptied when taken. */
  happened(): readonly string[];
  /** What was performed last. */
  last(): Parked | undefined;
  /** Time goes on, and what is due happens. */
  advance(ms: number): void;
  readonly nowMs: () => number;
}

export function waitingLot(t: TestContext): WaitingLot {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  let now = 1_000_000;
  const happened: string[] = [];
  let last: Parked | undefined;
  const nowMs = (): number => now;
  const lot = new Lot({
    nowMs,
    perform: (entry) => {
      last = entry;
      happened.push(uniqueOf(entry));
    },
    refuse: (entry, errno) => happened.push(`${uniqueOf(entry)} ${errnoName(errno)}`),
  });
  t.after(() => lot.close());
  return {
    lot,
    nowMs,
    last: () => last,
    happened: () => happened.splice(0),
    advance: (ms) => {
      for (let passed = 0; passed < ms; passed++) {
        now += 1;
        t.mock.timers.tick(1);
      }
    },
  };
}

const uniqueOf = ({ request }: Parked): string =>
  `${new DataView(request.buffer, request.byteOffset).getBigUint64(8, true)}`;

const passing: DiskDecision = {
  causes: [],
  delayMs: 0,
  freeze: false,
  throttles: [],
  error: null,
  quotas: [],
  cuts: [],
  flips: [],
};

export type ParkMessage = Extract<ReaderMessage, { kind: 'park' }>;

export function parking(
  request: Uint8Array,
  arrivedEpochMs: number,
  decision: Partial<DiskDecision> | null,
): ParkMessage {
  return {
    kind: 'park',
    volume: 'data',
    request,
    arrivedEpochMs,
    decision: decision === null ? null : { ...passing, ...decision },
  };
}
