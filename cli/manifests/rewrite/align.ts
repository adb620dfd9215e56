/** Which of a list's items stay, and between which of them the new ones go. */

export interface Alignment {
  /** For each old item the index of what it became; undefined: it is gone. */
  readonly partners: readonly (number | undefined)[];
  /** The new values before each old item, and after the last. */
  readonly inserted: readonly (readonly unknown[])[];
}

/** What stays is in the order it was; what was moved is gone and new. */
export function align(
  count: number,
  after: readonly unknown[],
  isSame: (index: number, value: unknown) => boolean,
): Alignment {
  const partners: (number | undefined)[] = Array.from({ length: count }, () => undefined);
  const inserted: unknown[][] = Array.from({ length: count + 1 }, () => []);
  let from = 0;
  let waiting: unknown[] = [];
  for (const [partner, value] of after.entries()) {
    let index = from;
    while (index < count && !isSame(index, value)) index += 1;
    if (index === count) waiting.push(value);
    else {
      partners[index] = partner;
      inserted[index] = waiting;
      waiting = [];
      from = index + 1;
    }
  }
  inserted[count] = waiting;
  return { partners, inserted };
}
