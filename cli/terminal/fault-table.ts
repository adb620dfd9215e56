/** Faults as a table: the same for `ls` and `watch`. */

import { assertNever } from '../../core/assert-never.js';
import { printable } from '../../core/printable.js';
import type { ShownFault } from '../client/answers.js';
import { caretLines } from './caret.js';
import type { Sheet } from './console.js';
import type { Ink } from './ink.js';
import { type Column, tableLines } from './table.js';
import { timeLeft } from './time-left.js';

export function faultTable(
  faults: readonly ShownFault[],
  { ink, columns }: Pick<Sheet, 'ink' | 'columns'>,
): readonly string[] {
  return tableLines(faultColumns, faults, { ink, width: columns });
}

/** Below the table: what to know of those that are armed. */
export function remarkLines(
  faults: readonly Pick<ShownFault, 'name' | 'remarks'>[],
  { ink }: Pick<Sheet, 'ink'>,
): readonly string[] {
  return faults.flatMap(({ name, remarks }) =>
    remarks.map((remark) => `${ink.yellow('note:')} ${printable(name)}: ${printable(remark)}`),
  );
}

/** Below the table: what is wrong with those that were refused. */
export function refusalLines(
  faults: readonly Pick<ShownFault, 'name' | 'sentence' | 'problems'>[],
  { ink, columns }: Pick<Sheet, 'ink' | 'columns'>,
): readonly string[] {
  const refused = faults.filter(({ problems }) => problems.length > 0);
  return refused.flatMap(({ name, sentence, problems }) => [
    '',
    `${ink.red('refused:')} ${printable(name)}`,
    ...caretLines(sentence, problems, { ink, columns }),
  ]);
}

const faultColumns: readonly Column<ShownFault>[] = [
  { title: 'NAME', text: ({ name }) => printable(name), paint: (_fault, ink) => ink.bold },
  { title: 'SOURCE', text: ({ source }) => source },
  { title: 'STATE', text: ({ state }) => state, paint: paintState },
  {
    title: 'LEFT',
    text: ({ remainingMs }) => (remainingMs > 0 ? timeLeft(remainingMs) : '-'),
    align: 'right',
  },
  { title: 'MATCHED', text: ({ tallies }) => String(tallies.matched), align: 'right' },
  { title: 'INJECTED', text: injected, align: 'right', paint: paintInjected },
  { title: 'SEED', text: ({ seed }) => (seed === null ? '-' : String(seed)), align: 'right' },
  { title: 'SENTENCE', text: ({ sentence }) => printable(sentence) },
];

/** As far as it is known, of a fault somewhere else. */
interface ToldFault {
  readonly state: ShownFault['state'] | 'pending' | 'unknown';
  readonly tallies: ShownFault['tallies'] | null;
}

/** A fault that is over and never hit anything says so. */
export function injected({ state, tallies }: ToldFault): string {
  if (tallies === null) return '?';
  const isOver = state === 'expired' || state === 'disarmed';
  return isOver && tallies.injected === 0 ? 'never' : String(tallies.injected);
}

export function paintState({ state }: ToldFault, ink: Ink): (text: string) => string {
  switch (state) {
    case 'armed':
      return ink.green;
    case 'refused':
      return ink.red;
    case 'shadowed':
    case 'pending':
    case 'unknown':
      return ink.yellow;
    case 'expired':
    case 'disarmed':
      return ink.dim;
    default:
      return assertNever(state);
  }
}

export function paintInjected(fault: ToldFault, ink: Ink): (text: string) => string {
  return injected(fault) === 'never' ? ink.yellow : (text) => text;
}
