/**
 * What a fault does to one connection, from the moment it met it: the dice were rolled once, and what it still
 * has to do there is kept here for as long as it is armed.
 */
import { assertNever } from '../../../core/assert-never.js';
import { type CompiledTcpFault, isSpared, waysOf } from '../../../faults/compile-tcp.js';
import { decideHit } from '../../../faults/decide-tcp.js';
import type { TcpEffect } from '../../../faults/fault.js';
import { isOfPackets, tcpGrammarOf } from '../../../faults/grammar/tcp-effects.js';
import type { TcpConnection } from '../../../faults/operation.js';
import type { Shaper } from '../effects/shaper.js';
import type { TcpCounters } from '../tcp-counters.js';

/** As the peer sees it: towards us, or from us. */
export type Way = 'inward' | 'outward';

export type Shapers = Partial<Record<Way, Shaper>>;

export interface ConnectionFault {
  readonly fault: CompiledTcpFault;
  readonly inward: boolean;
  readonly outward: boolean;
  /** `spared`: it is the node's. `missed`: the dice let it be. */
  readonly outcome: 'hit' | 'missed' | 'spared';
  /** Of `reset` and `limit`: how much may still pass. */
  leftBytes: number;
  /** When it ends the connection, by the proxy's clock. Null: not by a time, or not computed yet. */
  dueMs: number | null;
  /** Of a `bandwidth` that is this connection's alone. */
  readonly shapers: Shapers;
  /** Has it shown? Then the connection is counted as injected, once. */
  hasShown: boolean;
}

/** Null: the fault is not about this connection, or the kernel alone applies it. */
export function connectionFaultOn(
  connection: TcpConnection,
  fault: CompiledTcpFault,
  counters: TcpCounters,
): ConnectionFault | null {
  if (isOfPackets(fault.effect.kind)) return null;
  const ways = waysOf(fault, connection);
  if (!ways.inward && !ways.outward) return null;
  if (fault.effect.kind === 'refuse' && !isAboutOpening(ways, connection)) return null;
  const verdict = {
    fault,
    ...ways,
    leftBytes: quotaOf(fault.effect),
    dueMs: null,
    ...{ shapers: {}, hasShown: false },
  };
  if (isSpared(fault, connection)) {
    counters.exempted(fault.slot);
    counters.count(fault.slot, 'connections', 'exempted', 1);
    return { ...verdict, outcome: 'spared' };
  }
  counters.count(fault.slot, 'connections', 'matched', 1);
  const isHit = tcpGrammarOf(fault.effect).unit === 'chunk' || decideHit(fault, counters);
  return { ...verdict, outcome: isHit ? 'hit' : 'missed' };
}

/** Has it nothing to do with connections that are there? */
export const isOverOnceOpen = ({ effect }: CompiledTcpFault): boolean => effect.kind === 'refuse';

/** Counts the connection as injected, the first time. */
export function show(verdict: ConnectionFault, counters: TcpCounters): void {
  if (verdict.hasShown) return;
  verdict.hasShown = true;
  const { slot, effect } = verdict.fault;
  counters.count(slot, 'connections', 'injected', 1);
  if (tcpGrammarOf(effect).unit === 'connection') counters.injected(slot);
}

/** `refuse from` is about who calls us, `refuse to` about whom we call. */
const isAboutOpening = (
  ways: { readonly inward: boolean; readonly outward: boolean },
  { opened }: TcpConnection,
): boolean => (opened === 'in' ? ways.inward : ways.outward);

function quotaOf(effect: TcpEffect): number {
  switch (effect.kind) {
    case 'reset':
      return effect.afterMs > 0 ? Number.POSITIVE_INFINITY : effect.afterBytes;
    case 'limit':
      return effect.bytes;
    case 'latency':
    case 'bandwidth':
    case 'blackhole':
    case 'refuse':
    case 'partition':
    case 'loss':
    case 'slice':
    case 'slow-close':
    case 'corrupt':
      return Number.POSITIVE_INFINITY;
    default:
      return assertNever(effect);
  }
}
