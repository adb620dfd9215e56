/**
 * What a fault does to one connection, from the moment it met it: the dice were rolled once, and what it still
 * has to do there is kept here for as long as it is armed.
 */
import type { CompiledTcpFault } from '../../../faults/compile-tcp.js';
import type { TcpEffect, TcpEffectKind, TcpEffectOf } from '../../../faults/fault.js';
import { tcpGrammarOf } from '../../../faults/grammar/tcp-effects.js';
import type { Shaper } from '../effects/shaper.js';
import type { TcpCounters } from '../tcp-counters.js';
import type { Directions, PeerWay } from './direction.js';

/** As the peer sees them, for connections of both sorts may share one. */
export type Shapers = Partial<Record<PeerWay, Shaper>>;

export interface ConnectionFault<E extends TcpEffect = TcpEffect> extends Directions {
  readonly fault: CompiledTcpFault<E>;
  /** `spared`: it is the node's. `missed`: the dice let it be. */
  readonly outcome: 'hit' | 'missed' | 'spared';
  /** How much may still pass before it ends the connection. */
  leftBytes: number;
  /** When it ends the connection, by the proxy's clock. Null: not by a time, or not computed yet. */
  dueMs: number | null;
  /** Of a `bandwidth` that is this connection's alone. */
  readonly shapers: Shapers;
  /** Has it shown? Then the connection is counted as injected, once. */
  hasShown: boolean;
}

export type FaultBy<K extends TcpEffectKind> = ConnectionFault<TcpEffectOf<K>>;

/** Counts the connection as injected, the first time. */
export function countHitOnce(fault: ConnectionFault, counters: TcpCounters): void {
  if (fault.hasShown) return;
  fault.hasShown = true;
  const { slot, effect } = fault.fault;
  counters.count(slot, 'connections', 'injected', 1);
  if (tcpGrammarOf(effect).unit === 'connection') counters.injected(slot);
}
