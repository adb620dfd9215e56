/** A value with some of what is in it replaced by what does not belong there. */
import fc from 'fast-check';

const stray = fc.constantFrom<unknown>(null, '', 'x', 0, -1, true, [], {}, [null], { name: 1 }, [{}]);

/** At one to four places, counted from the outside inwards; fewer where there are not so many. */
export const damaged = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc
    .tuple(values, fc.array(fc.tuple(fc.nat({ max: 150 }), stray), { minLength: 1, maxLength: 4 }))
    .map(([value, strays]) => damage(value, new Map(strays), { at: 0 }));

function damage(value: unknown, strays: ReadonlyMap<number, unknown>, place: { at: number }): unknown {
  const at = place.at;
  place.at += 1;
  if (strays.has(at)) return strays.get(at);
  if (Array.isArray(value)) return value.map((item) => damage(item, strays, place));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, damage(item, strays, place)]));
}
