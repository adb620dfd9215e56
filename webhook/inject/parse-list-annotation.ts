/** The value of an annotation that lists things: `data, wal`, or `none`. */

/** Null: nothing is said, so the default holds. An empty value is taken for an oversight, as nothing was named. */
export function parseListAnnotation(value: string | undefined): readonly string[] | null {
  const items = (value ?? '').split(',').flatMap((item) => item.trim() || []);
  if (items.length === 0) return null;
  return [...new Set(items.length === 1 && items[0] === 'none' ? [] : items)];
}
