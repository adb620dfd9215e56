/** What a fault hits, and its tallies count, one by one. */
import type { Fault } from './fault.js';
import type { TcpUnit } from './grammar/effect-grammar.js';
import { tcpGrammarOf } from './grammar/tcp-effects.js';

export const hitUnitOf = (fault: Fault): 'operation' | TcpUnit =>
  fault.plane === 'disk' ? 'operation' : tcpGrammarOf(fault.effect).unit;
