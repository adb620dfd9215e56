/** Fields that no version of Kubernetes has yet, sprinkled over a pod: whoever does not know them must keep them. */
import fc from 'fast-check';

/** Into some of the objects of the pod; the same seed gives the same ones. Maps from text to text stay as they are. */
export const withUnknownFields = <T>(pods: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc
    .tuple(pods, fc.infiniteStream(fc.nat({ max: 3 })), fc.jsonValue({ maxDepth: 2 }))
    .map(([pod, dice, value]) => sprinkled(pod, () => dice.next().value === 0, asJson(value)) as T);

/** JSON has no undefined and no -0. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

const maps: readonly string[] = ['annotations', 'labels', 'requests', 'limits'];

function sprinkled(value: unknown, chance: () => boolean, unknown: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sprinkled(item, chance, unknown));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(
    ([key, item]) => [key, maps.includes(key) ? item : sprinkled(item, chance, unknown)] as const,
  );
  return { ...Object.fromEntries(fields), ...(chance() ? { 'x-future/field~1': unknown } : {}) };
}
