/** Fields that are texts with a meaning: how each is read, and what is said of one that cannot be. */
import * as z from 'zod';
import { readHostAndPort } from '../../core/host-and-port.js';
import { hasPassword } from '../../core/url-password.js';
import type { Fault } from '../../faults/fault.js';
import { limits } from '../../faults/limits.js';
import { parse } from '../../faults/parse.js';
import { duration } from '../../faults/values/duration.js';
import type { Range } from '../../faults/values/range.js';
import { wayOut } from '../../faults/way-out.js';

/** What a text means, or what is wrong with it in one sentence. */
export type Read<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'flaw'; readonly message: string };

/** Beyond this nobody has written it by hand, and nobody reads it. */
const mostLength = 2048;

/** A text that means a `T`, or a problem in one sentence. `expected` completes "is ...; expected ...". */
export const meaning = <T>(expected: string, read: (text: string) => Read<T>) =>
  z
    .string()
    .max(mostLength)
    .transform((text, context): T => {
      const reading = read(text);
      if (reading.kind === 'value') return reading.value;
      context.issues.push({ code: 'custom', message: reading.message, input: text });
      return z.NEVER;
    })
    .describe(expected);

/** For editors and API servers, which know no more of a text than its pattern. */
const durationPattern = '^([0-9]+(\\.[0-9]+)?(d|h|m|s|ms|us|ns))+$';

/** `200ms`, `1m30s`: milliseconds. */
export const durationOf = (range: Range = { min: 1, max: limits.deadlineMs }) => {
  const { expected, read } = duration(range);
  return meaning(expected, (text): Read<number> => {
    const reading = read(text);
    return reading.kind === 'value' ? reading : { kind: 'flaw', message: wayOut(reading.flaw) };
  }).meta({ description: expected, pattern: durationPattern });
};

export interface Sentence {
  readonly text: string;
  readonly fault: Fault;
}

/** Judged like an annotation, and it says itself how long it lasts: a timeline cannot wait for what is not said. */
export const sentence = meaning(
  'a fault such as disk latency 200ms on fsync for 30s',
  (text): Read<Sentence> => {
    const parsed = parse(text);
    if (parsed.kind === 'problems')
      return {
        kind: 'flaw',
        message: parsed.problems.map((problem) => `column ${problem.column}: ${wayOut(problem)}`).join('; '),
      };
    const { fault } = parsed;
    return fault.deadline.kind === 'for'
      ? { kind: 'value', value: { text, fault } }
      : { kind: 'flaw', message: 'in an experiment a fault says how long it lasts; add "for 30s"' };
  },
);

export const address = meaning('HOST:PORT, such as 127.0.0.1:5432', (text) => {
  const value = readHostAndPort(text);
  return value === undefined || value.port === 0
    ? { kind: 'flaw', message: 'not HOST:PORT; expected one such as 127.0.0.1:5432' }
    : { kind: 'value', value };
});

export const name = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/)
  .describe('a name of at most 40 small letters, digits and dashes');

/** Without a password: the file is shown, and what it asks is reported. */
export const urlOf = ({ protocol, example, instead }: UrlForm) =>
  z
    .url({ protocol })
    .refine(
      (text) => !hasPassword(text),
      `has a password, which everybody would know who reads the file or a report; expected it in the environment or a file, named by ${instead}`,
    )
    .describe(`a URL such as ${example}`);

interface UrlForm {
  readonly protocol: RegExp;
  readonly example: string;
  /** The field that names where the password is. */
  readonly instead: string;
}

export const httpUrl = urlOf({
  protocol: /^https?$/,
  example: 'http://127.0.0.1:8080/health',
  instead: 'basic: { username, passwordFrom }',
});
