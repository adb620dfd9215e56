/** A fault meets a connection: is it about it, and what do the dice say? */
import { assertNever } from '../../../core/assert-never.js';
import { type CompiledTcpFault, isSpared, waysOf } from '../../../faults/compile-tcp.js';
import { decideHit } from '../../../faults/decide-tcp.js';
import { tcpGrammarOf } from '../../../faults/grammar/tcp-effects.js';
import type { TcpConnection } from '../../../faults/operation.js';
import { endingOf, ruleOf } from '../effects/effect-rules.js';
import type { TcpCounters } from '../tcp-counters.js';
import type { ConnectionFault } from './connection-fault.js';
import { type Directions, directionsOf } from './direction.js';

/** Null: the fault is not about this connection, or the kernel alone applies it. */
export function meetFault(
  connection: TcpConnection,
  fault: CompiledTcpFault,
  counters: TcpCounters,
): ConnectionFault | null {
  const { effect, slot } = fault;
  const directions = faultedDirections(connection, fault);
  if (directions === null) return null;
  const met = {
    ...{ fault, ...directions },
    leftBytes: endingOf(effect)?.quotaOf(effect) ?? Number.POSITIVE_INFINITY,
    ...{ dueMs: null, shapers: {}, hasShown: false },
  };
  if (isSpared(fault, connection)) {
    counters.exempted(slot);
    counters.count(slot, 'connections', 'exempted', 1);
    return { ...met, outcome: 'spared' };
  }
  counters.count(slot, 'connections', 'matched', 1);
  const isHit = tcpGrammarOf(effect).unit === 'chunk' || decideHit(fault, counters);
  return { ...met, outcome: isHit ? 'hit' : 'missed' };
}

/** Null: none of this connection. */
export function faultedDirections(connection: TcpConnection, fault: CompiledTcpFault): Directions | null {
  const directions = directionsOf(waysOf(fault, connection), connection);
  const { on } = ruleOf(fault.effect);
  switch (on) {
    case 'packets':
      return null;
    // `refuse from` is about who calls us, `refuse to` about whom we call: what goes to the server.
    case 'opening':
      return directions.toServer ? directions : null;
    case 'flow':
      return directions.toServer || directions.toClient ? directions : null;
    default:
      return assertNever(on);
  }
}

/** Has it nothing to do with connections that are there? */
export const isOverOnceOpen = ({ effect }: CompiledTcpFault): boolean => ruleOf(effect).on === 'opening';
