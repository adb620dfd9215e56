/** Sizes as Kubernetes quantities: `64Mi`, `10M`, `512B`. Bytes in the program. */
import { accepted, flawed, type Reading, type Syntax, suggest } from '../grammar/syntax.js';
import { numberWithUnit, timesExactly } from './decimal.js';
import { type Range, within } from './range.js';

/** The largest that divides is the canonical one: powers of two first, as people write them of disks. */
const unitBytes: ReadonlyMap<string, bigint> = new Map([
  ['Ei', 2n ** 60n],
  ['Pi', 2n ** 50n],
  ['Ti', 2n ** 40n],
  ['Gi', 2n ** 30n],
  ['Mi', 2n ** 20n],
  ['Ki', 2n ** 10n],
  ['E', 10n ** 18n],
  ['P', 10n ** 15n],
  ['T', 10n ** 12n],
  ['G', 10n ** 9n],
  ['M', 10n ** 6n],
  ['k', 1000n],
  ['B', 1n],
]);

const units = [...unitBytes.keys()];

export const size = (range: Range): Syntax<number> => ({
  expected: 'a size such as 64Mi',
  read: (text) => readSize(text, range),
  write: writeSize,
});

/** A size where a bare number of bytes is as clear: the N of `short N`. */
export const byteCount = (range: Range): Syntax<number> => ({
  expected: 'a number of bytes such as 512 or 4Ki',
  read: (text) => readSize(/^\d+$/.test(text) ? `${text}B` : text, range),
  write: (bytes) => writeSize(bytes).replace(/B$/, ''),
});

export const rate = (range: Range): Syntax<number> => ({
  expected: 'a rate such as 10Mi/s',
  read: (text) => readRate(text, range),
  write: (bytesPerSecond) => `${writeSize(bytesPerSecond)}/s`,
});

export function writeSize(bytes: number): string {
  const exact = BigInt(bytes);
  for (const [unit, factor] of unitBytes) {
    if (exact !== 0n && exact % factor === 0n) return `${exact / factor}${unit}`;
  }
  return '0B';
}

function readSize(text: string, range: Range): Reading<number> {
  const [, number, unit] = numberWithUnit.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    return flawed('bad-number', 'not a size; expected one such as 64Mi');
  if (unit === '')
    return flawed('no-unit', 'a number with no unit', { allowed: units, nearest: `${number}Mi` });
  const factor = unitBytes.get(unit);
  if (factor === undefined) return unknownUnit(number, unit);
  const bytes = timesExactly(number, factor);
  if (bytes === null) return flawed('bad-number', 'not a whole number of bytes');
  return within(Number(bytes), range, writeSize);
}

function unknownUnit(number: string, unit: string): Reading<never> {
  const meant = unitMeant(unit);
  const nearest = meant === undefined ? undefined : `${number}${meant}`;
  return flawed('unknown-unit', `"${unit}" is not a unit of size`, { allowed: units, ...suggest(nearest) });
}

/** `MiB`, `mb` and `bytes` as the language has them. */
function unitMeant(unit: string): string | undefined {
  const letters = unit.toLowerCase().replace(/^bytes?$/, 'b');
  const bare = letters.length > 1 ? letters.replace(/b$/, '') : letters;
  return units.find((candidate) => candidate.toLowerCase() === bare);
}

function readRate(text: string, range: Range): Reading<number> {
  const [amount = '', ...per] = text.split('/');
  const reading = readSize(amount, range);
  if (reading.kind === 'flaw') return { kind: 'flaw', flaw: perSecond(reading.flaw) };
  if (per.length === 1 && per[0] === 's') return accepted(reading.value);
  const message = per.length === 0 ? 'a size; expected a rate' : 'rates are per second';
  return flawed('unknown-unit', message, { nearest: `${amount}/s` });
}

const perSecond = <T extends { readonly nearest?: string }>(flaw: T): T =>
  flaw.nearest === undefined ? flaw : { ...flaw, nearest: `${flaw.nearest}/s` };
