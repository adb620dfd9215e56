/**
 * Which fields of an object go together. As a check of a schema, as a rule in the cluster's own words (`experiment/crd/`),
 * and as what is said to whoever broke it.
 */
import * as z from 'zod';
import type { Json } from '../../core/json.js';

export type FieldRule =
  | { readonly kind: 'exactlyOne'; readonly fields: readonly string[]; readonly whole: string }
  | { readonly kind: 'bothOrNeither'; readonly fields: readonly [string, string]; readonly why: string }
  | { readonly kind: 'needs'; readonly field: string; readonly other: string; readonly why: string };

/** Exactly one of `fields`, as `fault:` or `wait:` of a step; `whole` says what for: `what it does`. */
export const exactlyOne = (fields: readonly string[], whole: string): z.core.$ZodCheck<Json> =>
  check({ kind: 'exactlyOne', fields, whole }, (given) => {
    const [first, ...more] = fields.filter((field) => given[field] !== undefined);
    const expected = `expected one of ${fields.join(', ')}`;
    if (first === undefined) return [{ path: [], message: `does not say ${whole}; ${expected}` }];
    return more.map((field) => ({ path: [field], message: `beside ${first}; ${expected}` }));
  });

export const bothOrNeither = (fields: readonly [string, string], why: string): z.core.$ZodCheck<Json> =>
  check({ kind: 'bothOrNeither', fields, why }, (given) => {
    const [one, other] = fields;
    const isRight = (given[one] === undefined) === (given[other] === undefined);
    return isRight ? [] : [{ path: [], message: `${one} and ${other} belong together: ${why}` }];
  });

/** `field` is of no use without `other`: `are of a workload, and the target names none`. */
export const needs = (field: string, other: string, why: string): z.core.$ZodCheck<Json> =>
  check({ kind: 'needs', field, other, why }, (given) =>
    given[field] !== undefined && given[other] === undefined ? [{ path: [field], message: why }] : [],
  );

/** Those that are checks of this very schema, not of what it wraps. */
export const fieldRulesOf = ({ _zod }: z.core.$ZodType): readonly FieldRule[] =>
  (_zod.def.checks ?? []).flatMap((one) => rules.get(one) ?? []);

const rules = new WeakMap<z.core.$ZodCheck<never>, FieldRule>();

interface Broken {
  readonly path: string[];
  readonly message: string;
}

function check(rule: FieldRule, brokenBy: (given: Json) => readonly Broken[]): z.core.$ZodCheck<Json> {
  const made = z.check<Json>(({ value, issues }) => {
    for (const broken of brokenBy(value))
      issues.push({ code: 'custom', ...broken, input: value, continue: true });
  });
  rules.set(made, rule);
  return made;
}
