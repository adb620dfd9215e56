/** Reads what Go's `%q` wrote, which is how the downward API writes the value of an annotation. */

const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

const token =
  /\\(?:([abfnrtv\\"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([^\\"\n]+)/y;

/** The string between the quotes; null when this is no whole quoted string, as in a line that was torn. */
export function unquoteGo(quoted: string): string | null {
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"')) return null;
  const end = quoted.length - 1;
  const pieces: Buffer[] = [];
  token.lastIndex = 1;
  while (token.lastIndex < end) {
    const match = token.exec(quoted);
    const piece = match === null ? null : bytesOf(match);
    if (piece === null || token.lastIndex > end) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Bytes and not characters: `\xe2\x82\xac` is one character in three escapes. */
function bytesOf(match: RegExpExecArray): Buffer | null {
  const [, letter, hex, octal, short, long, plain] = match;
  if (plain !== undefined) return Buffer.from(plain);
  if (letter !== undefined) return Buffer.from(simple[letter] ?? '');
  if (hex !== undefined) return Buffer.of(Number.parseInt(hex, 16));
  if (octal !== undefined) return byteOrNull(Number.parseInt(octal, 8));
  return characterOrNull(Number.parseInt(short ?? long ?? '', 16));
}

function byteOrNull(value: number): Buffer | null {
  return value <= 0xff ? Buffer.of(value) : null;
}

function characterOrNull(codePoint: number): Buffer | null {
  const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return surrogate || codePoint > 0x10ffff ? null : Buffer.from(String.fromCodePoint(codePoint));
}
