/** Decimal numbers times a unit, exactly: `1.1k` is 1100, where floating point would say 1100.0000000000002. */

/** Digits with an optional fraction, then whatever stands for the unit. */
export const numberWithUnit = /^(\d+(?:\.\d+)?)(.*)$/s;

/** `text` is digits with an optional fraction; null when the product is not a whole number. */
export function timesExactly(text: string, unit: bigint): bigint | null {
  const [whole = '', fraction = ''] = text.split('.');
  const scale = 10n ** BigInt(fraction.length);
  const product = BigInt(whole + fraction) * unit;
  return product % scale === 0n ? product / scale : null;
}

/** Moves the decimal point of a number that is not written with an exponent: `0.3` by 2 is `30`. */
export function shiftPoint(plain: string, places: number): string {
  const [whole = '', fraction = ''] = plain.split('.');
  const digits = fraction.padEnd(places, '0');
  const moved = `${whole}${digits.slice(0, places)}`.replace(/^0+(?=\d)/, '');
  const rest = digits.slice(places).replace(/0+$/, '');
  return rest === '' ? moved : `${moved}.${rest}`;
}
