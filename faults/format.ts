/**
 * A fault as its one canonical sentence: clauses in one order, units as large as they divide, defaults left
 * out. `parse(format(fault))` gives the fault back; two sentences that mean the same have one format.
 */
import type { Fault } from './fault.js';
import type { ClauseName } from './grammar/clause-grammar.js';
import { clauseNames, clauses, isClauseName } from './grammar/clauses.js';
import { diskGrammarOf } from './grammar/disk-effects.js';
import { writeWord } from './grammar/quoted-word.js';
import { tcpGrammarOf } from './grammar/tcp-effects.js';

export function format(fault: Fault): string {
  const amounts = amountsOf(fault);
  const said = clauseNames.map((name) => clauseOf(fault, name));
  return [fault.plane, fault.effect.kind, amounts, ...said].filter((part) => part !== '').join(' ');
}

const amountsOf = (fault: Fault): string =>
  fault.plane === 'disk'
    ? diskGrammarOf(fault.effect).write(fault.effect)
    : tcpGrammarOf(fault.effect).write(fault.effect);

/** A value that reads like the start of a clause is quoted: a file may be called `for`. */
function clauseOf(fault: Fault, name: ClauseName): string {
  const value = clauses[name].write(fault);
  if (value === null) return '';
  return value === '' ? name : `${name} ${writeWord(value, isClauseName(value))}`;
}
