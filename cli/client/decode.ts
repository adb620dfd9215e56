/** What comes from the endpoint is `unknown` until it has gone through here once. More fields than known are kept. */
import { HavocError } from '../../core/havoc-error.js';

/** Returns the value itself, as what it is. Throws `control.bad-answer`, naming the place. */
export type Decoder<T> = (value: unknown, at: string) => T;

export const text: Decoder<string> = (value, at) =>
  typeof value === 'string' ? value : fail(at, 'a string');

export const number: Decoder<number> = (value, at) =>
  typeof value === 'number' ? value : fail(at, 'a number');

export const flag: Decoder<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : fail(at, 'true or false');

export const orNull =
  <T>(decode: Decoder<T>): Decoder<T | null> =>
  (value, at) =>
    value === null ? null : decode(value, at);

export const optional =
  <T>(decode: Decoder<T>): Decoder<T | undefined> =>
  (value, at) =>
    value === undefined ? undefined : decode(value, at);

export const oneOf =
  <T extends string>(...words: readonly T[]): Decoder<T> =>
  (value, at) =>
    words.find((word) => word === value) ?? fail(at, `one of ${words.join(', ')}`);

export const list =
  <T>(decode: Decoder<T>): Decoder<readonly T[]> =>
  (value, at) =>
    Array.isArray(value) ? value.map((item, index) => decode(item, `${at}[${index}]`)) : fail(at, 'a list');

type Fields = Readonly<Record<string, Decoder<unknown>>>;
type Decoded<F extends Fields> = { readonly [K in keyof F]: ReturnType<F[K]> };

export const record =
  <F extends Fields>(fields: F): Decoder<Decoded<F>> =>
  (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(at, 'an object');
    for (const [key, decode] of Object.entries(fields)) decode(Reflect.get(value, key), `${at}.${key}`);
    return value as Decoded<F>;
  };

function fail(at: string, due: string): never {
  throw new HavocError(
    'control.bad-answer',
    `the control endpoint's answer is not understood: ${at} is not ${due}`,
  );
}
