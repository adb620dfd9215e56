/**
 * IPv4 and IPv6 addresses as bytes, and back in their one canonical spelling (RFC 5952).
 * Written here since the language is pure: no node:net.
 */

/** 4 or 16 bytes; null when it is not an address. */
export function readAddress(text: string): readonly number[] | null {
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

export function writeAddress(bytes: readonly number[]): string {
  return bytes.length === 4 ? bytes.join('.') : writeIpv6(bytes);
}

/** The bytes with everything past the prefix cleared. */
export function networkOf(bytes: readonly number[], prefixBits: number): readonly number[] {
  return bytes.map((byte, index) => {
    const kept = Math.min(8, Math.max(0, prefixBits - index * 8));
    return byte & (0xff00 >> kept) & 0xff;
  });
}

/** `::ffff:10.0.0.1`: how a program may show an IPv4 peer; on the wire there is only IPv4. */
export function mappedIpv4(bytes: readonly number[]): readonly number[] | null {
  const isMapped = bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0);
  return isMapped && bytes[10] === 0xff && bytes[11] === 0xff ? bytes.slice(12) : null;
}

function readIpv4(text: string): readonly number[] | null {
  const parts = text.split('.');
  const isDecimal = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part));
  const bytes = parts.map(Number);
  return isDecimal && bytes.every((byte) => byte <= 255) ? bytes : null;
}

/** At most one `::`, which stands for at least one group of zeros. */
function readIpv6(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')];
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null;
  if (halves.length === 2 && (halves[0] ?? '').includes('.')) return null;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

function groupsOf(text: string): readonly number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const isLast = index === groups.length - 1;
    const read = isLast && group.includes('.') ? readIpv4(group) : readGroup(group);
    if (read === null) return null;
    bytes.push(...read);
  }
  return bytes;
}

function readGroup(text: string): readonly number[] | null {
  if (!/^[0-9a-f]{1,4}$/i.test(text)) return null;
  const group = Number.parseInt(text, 16);
  return [group >> 8, group & 0xff];
}

/** Lower case, no leading zeros, the first longest run of two zero groups or more as `::`. */
function writeIpv6(bytes: readonly number[]): string {
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0),
  );
  const words = groups.map((group) => group.toString(16));
  const { start, length } = longestZeros(groups);
  if (length < 2) return words.join(':');
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
