/** A value of the language, both ways: how its text is read and how it is written canonically. */
import type { Flaw, ProblemCode } from '../problem.js';

export interface Syntax<T> {
  /** What is expected, with an example: `a duration such as 200ms`. */
  readonly expected: string;
  read(text: string): Reading<T>;
  write(value: T): string;
}

export type Reading<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'flaw'; readonly flaw: Flaw };

export const accepted = <T>(value: T): Reading<T> => ({ kind: 'value', value });

export const flawed = (
  code: ProblemCode,
  message: string,
  wayOut: Pick<Flaw, 'allowed' | 'nearest'> = {},
): Reading<never> => ({ kind: 'flaw', flaw: { code, message, ...wayOut } });

/** The way out, left out where there is none: an optional property never holds `undefined`. */
export const suggest = (nearest: string | undefined): Pick<Flaw, 'nearest'> =>
  nearest === undefined ? {} : { nearest };
