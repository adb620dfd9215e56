/** Objects that say what they are by which of some fields they have, as `fault:` or `wait:` of a step. */
import type * as z from 'zod';
import type { Json } from '../../core/json.js';

/** A check that there is exactly one of `fields`; `whole` says what for: `what it does`. */
export const onlyOneOf =
  (fields: readonly string[], whole: string) =>
  (given: Json, context: z.RefinementCtx): void => {
    const [first, ...more] = fields.filter((field) => given[field] !== undefined);
    const expected = `expected one of ${fields.join(', ')}`;
    if (first === undefined)
      context.addIssue({ code: 'custom', message: `does not say ${whole}; ${expected}` });
    for (const field of more)
      context.addIssue({ code: 'custom', path: [field], message: `beside ${first}; ${expected}` });
  };
