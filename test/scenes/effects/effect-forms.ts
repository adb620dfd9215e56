/** Every way in which an effect can be written, from the grammar: `reset [after SIZE]` is `reset`, and `reset after SIZE`. */
import type { Fault } from '../../../faults/fault.js';
import { reference } from '../../../faults/reference.js';

/** Ends after a time: test/sidecar/tcp/proxy/timed-ends.test.ts shows them, by the proxy's own clock. */
const timed: ReadonlySet<string> = new Set(['blackhole close after D']);

export const effectForms = (plane: Fault['plane']): readonly string[] =>
  reference.effects
    .filter((effect) => effect.plane === plane)
    .flatMap(({ syntax }) => syntax.split(' | ').flatMap(spellings))
    .map((form) => form.replace('SIZE|D', 'SIZE'))
    .filter((form) => !timed.has(form));

function spellings(syntax: string): readonly string[] {
  const option = / \[([^\]]+)\]/.exec(syntax);
  return option === null
    ? [syntax]
    : [syntax.replace(option[0], ''), syntax.replace(option[0], ` ${option[1]}`)].flatMap(spellings);
}

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
