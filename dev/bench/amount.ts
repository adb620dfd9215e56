/** A number as tables show it: three digits of it, or all before the point; a dash for none. */
export function amount(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '-';
  return value.toLocaleString('en-US', precision(Math.abs(value)));
}

function precision(size: number): Intl.NumberFormatOptions {
  if (size >= 1000) return { maximumFractionDigits: 0 };
  return size >= 10 ? { maximumFractionDigits: 1 } : { maximumSignificantDigits: 3 };
}
