/**
 * Every way in which an effect can be written, from the grammar: `reset [after SIZE|D]` is `reset`, `reset after SIZE` and
 * `reset after D`.
 */
import type { Fault } from '../../../faults/fault.js';
import { reference } from '../../../faults/reference.js';

export const effectForms = (plane: Fault['plane']): readonly string[] =>
  reference.effects
    .filter((effect) => effect.plane === plane)
    .flatMap(({ syntax }) => syntax.split(' | ').flatMap(spellings).flatMap(amounts));

function spellings(syntax: string): readonly string[] {
  const option = / \[([^\]]+)\]/.exec(syntax);
  return option === null
    ? [syntax]
    : [syntax.replace(option[0], ''), syntax.replace(option[0], ` ${option[1]}`)].flatMap(spellings);
}

/** Of one amount, each kind that may stand there. */
const amounts = (form: string): readonly string[] => {
  const kinds = / (\w+(?:\|\w+)+)$/.exec(form);
  return kinds?.[1]?.split('|').map((kind) => form.replace(kinds[0], ` ${kind}`)) ?? [form];
};

export type Amounts = Readonly<Record<string, string>>;

/** With an amount for each capital letter of it. */
export function writeEffect(form: string, amounts: Amounts = {}): string {
  const words = form
    .split(' ')
    .map((word) => word.replace(/^[A-Z]+/, (letters) => amounts[letters] ?? missing(form, letters)));
  return words.join(' ');
}

function missing(form: string, letters: string): never {
  throw new TypeError(`${form}: no amount for ${letters}`);
}
