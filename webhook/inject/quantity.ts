/** A Kubernetes quantity as a number, to compare: `500m`, `1.5`, `64Mi`, `1e3` (resource.Quantity). */

const syntax = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/;

const factors: Readonly<Record<string, number>> = {
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Small units divide, so that 700m is exactly what 0.7 is. */
const divisors: Readonly<Record<string, number>> = { m: 1e3, u: 1e6, n: 1e9 };

/** Null where it is none. */
export function readQuantity(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  const [, digits, exponent, unit = ''] = (typeof value === 'string' && syntax.exec(value)) || [];
  if (digits === undefined) return null;
  if (exponent !== undefined) return Number(`${digits}e${exponent}`);
  return (Number(digits) * (factors[unit] ?? 1)) / (divisors[unit] ?? 1);
}
