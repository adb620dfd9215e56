/** What `kubectl explain` shows of a field: what it is for, and what its schema knows, in sentences. */
import type * as z from 'zod';

/** Without documentation, what a problem would say was expected. */
export function describe(given: z.core.JSONSchema.JSONSchema, documentation: string | undefined): string {
  const { description = '', default: usual } = given;
  return [sentence(documentation ?? description), rangeOf(given), usualOf(usual)]
    .filter((part) => part !== '')
    .join(' ');
}

const sentence = (text: string): string =>
  text === '' ? '' : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

function rangeOf({ type, minimum, maximum }: z.core.JSONSchema.JSONSchema): string {
  if (type !== 'integer' && type !== 'number') return '';
  const [least, most] = [minimum, maximum].map((bound) => (isBound(bound) ? bound : null));
  if (least == null) return most == null ? '' : `At most ${most}.`;
  return most == null ? `At least ${least}.` : `From ${least} to ${most}.`;
}

const isBound = (bound: number | undefined): bound is number =>
  bound !== undefined && Math.abs(bound) !== Number.MAX_SAFE_INTEGER;

function usualOf(usual: unknown): string {
  if (usual === false || usual === '') return '';
  return typeof usual === 'string' || typeof usual === 'number' || usual === true ? `Usually ${usual}.` : '';
}
