/** A wait queue with a clock that stands still until it is told, and what it did. */
import type { TestContext } from 'node:test';
import type { DiskDecision } from '../../../../faults/decision.js';
import { newExchange } from '../../../../sidecar/disk/device.js';
import { type WaitMessage, waitMessage } from '../../../../sidecar/disk/wait-queue/wait-port.js';
import { WaitQueue } from '../../../../sidecar/disk/wait-queue/wait-queue.js';
import type { WaitingRequest } from '../../../../sidecar/disk/wait-queue/waiting-request.js';
import { errnoName } from '../../../../sidecar/linux/errno.js';
import { decisionOf } from '../../../faults/armed-faults-of.js';
import { request, u32, u64 } from '../request.js';

export interface QueueOnClock {
  readonly queue: WaitQueue;
  /** `unique`, or `unique ERRNO` of what was refused, in order; emptied when taken. */
  happened(): readonly string[];
  /** What was performed last. */
  last(): WaitingRequest | undefined;
  /** What was left of the decision on a request when it was performed. */
  decisionOn(unique: string): DiskDecision | null | undefined;
  /** The slots of faults that held a request up, one for each request; emptied when taken. */
  held(): readonly number[];
  /** Time goes on, and what comes in it happens. */
  advance(ms: number): void;
  readonly nowMs: () => number;
}

export function queueOnClock(t: TestContext, mostBytes = Number.POSITIVE_INFINITY): QueueOnClock {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  let now = 1_000_000;
  const happened: string[] = [];
  const held: number[] = [];
  const decisions = new Map<string, DiskDecision | null>();
  let last: WaitingRequest | undefined;
  const nowMs = (): number => now;
  const queue = new WaitQueue({
    nowMs,
    perform: (request) => {
      last = request;
      decisions.set(uniqueOf(request), request.decision);
      happened.push(uniqueOf(request));
    },
    refuse: (request, errno) => happened.push(`${uniqueOf(request)} ${errnoName(errno)}`),
    mostBytes,
    onHeld: (slot) => held.push(slot),
  });
  t.after(() => {
    queue.close();
    t.mock.timers.reset();
  });
  return {
    queue,
    nowMs,
    last: () => last,
    decisionOn: (unique) => decisions.get(unique),
    happened: () => happened.splice(0),
    held: () => held.splice(0),
    advance: (ms) => {
      for (let passed = 0; passed < ms; passed++) {
        now += 1;
        t.mock.timers.tick(1);
      }
    },
  };
}

const uniqueOf = ({ key }: WaitingRequest): string => {
  const [low = 0, high = 0] = key.split(' ').slice(1).map(Number);
  return `${low + high * 2 ** 32}`;
};

const exchange = newExchange();

/** Of a request whose bytes are nowhere: the queue itself never looks at them. */
export function messageOf(
  frame: Uint8Array,
  arrivedEpochMs: number,
  decision: Partial<DiskDecision> | null,
): WaitMessage {
  exchange.load(frame);
  return waitMessage(exchange, {
    volume: 'data',
    kept: { address: 0, bytes: frame.length },
    arrivedEpochMs,
    decision: decision === null ? null : decisionOf(decision),
  });
}

export const stat = (unique: number, nodeid = 2, pid = process.pid): Buffer =>
  request('GETATTR', { unique: BigInt(unique), nodeid, pid }, u32(0, 0), u64(0));

export const wait = (
  { queue, nowMs }: QueueOnClock,
  frame: Uint8Array,
  decision: Partial<DiskDecision> | null,
): void => queue.wait(messageOf(frame, nowMs(), decision));
