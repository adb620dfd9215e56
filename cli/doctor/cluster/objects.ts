/** Objects of the API server as JSON gave them: what is looked at is read here, and anything may be missing. */
import { isObject, type Path, valueAt } from '../../../core/json.js';

export interface Named {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Null where it is absent, empty or something else. */
export function textAt(value: unknown, path: Path): string | null {
  const found = valueAt(value, path);
  return typeof found === 'string' && found !== '' ? found : null;
}

export function numberAt(value: unknown, path: Path): number | null {
  const found = valueAt(value, path);
  return typeof found === 'number' ? found : null;
}

export function listAt(value: unknown, path: Path): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

/** Of an instant, in milliseconds; null where it is none. */
export function instantAt(value: unknown, path: Path): number | null {
  const ms = Date.parse(textAt(value, path) ?? '');
  return Number.isNaN(ms) ? null : ms;
}

export function textsAt(value: unknown, path: Path): Readonly<Record<string, string>> {
  const found = valueAt(value, path);
  if (!isObject(found)) return {};
  return Object.fromEntries(
    Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export const listOf = (list: unknown): readonly unknown[] => listAt(list, ['items']);

export const nameOf = (value: unknown): string => textAt(value, ['metadata', 'name']) ?? '';

export const namedOf = (objects: readonly unknown[]): readonly Named[] =>
  objects.map((object) => ({ name: nameOf(object), labels: textsAt(object, ['metadata', 'labels']) }));

/** `True`, `False`, `Unknown` of one of `status.conditions`; null: there is none. */
export function conditionOf(value: unknown, type: string): string | null {
  const condition = listAt(value, ['status', 'conditions']).find((one) => textAt(one, ['type']) === type);
  return textAt(condition, ['status']);
}
