/** The rules of fields as the API server checks them: in CEL, with a sentence for whoever broke one. */
import { assertNever } from '../../core/assert-never.js';
import type { FieldRule } from '../file/field-rules.js';

/** An entry of `x-kubernetes-validations`. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden';
  readonly fieldPath?: string;
}

export function celRuleOf(rule: FieldRule): CelRule {
  switch (rule.kind) {
    case 'exactlyOne': {
      const given = rule.fields.map(has).join(', ');
      return {
        rule: `[${given}].exists_one(given, given)`,
        message: `does not say ${rule.whole}, or says it twice; expected exactly one of ${rule.fields.join(', ')}`,
      };
    }
    case 'bothOrNeither': {
      const [one, other] = rule.fields;
      return {
        rule: `${has(one)} == ${has(other)}`,
        message: `${one} and ${other} belong together: ${rule.why}`,
      };
    }
    case 'needs':
      return {
        rule: `!${has(rule.field)} || ${has(rule.other)}`,
        message: `${rule.field} ${rule.why}; expected ${rule.other}`,
      };
    default:
      return assertNever(rule);
  }
}

const has = (field: string): string => `has(self.${celName(field)})`;

/** Words of CEL's own, which the API server has fields by such a name escape. */
const reserved =
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  );

export const celName = (field: string): string => (reserved.includes(field) ? `__${field}__` : field);
