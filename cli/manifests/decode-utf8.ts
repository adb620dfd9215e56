/** Bytes as text, or where they stop being UTF-8. A byte order mark stays, so that it can be written back. */

export type Decoded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'not-utf8'; readonly line: number; readonly column: number };

export function decodeUtf8(bytes: Buffer): Decoded {
  const text = bytes.toString('utf8');
  const again = Buffer.from(text);
  if (again.equals(bytes)) return { kind: 'text', text };
  // What could not be decoded became U+FFFD, so the first byte that differs is in the first wrong sequence.
  const first = again.findIndex((byte, index) => byte !== bytes[index]);
  const before = bytes.subarray(0, first).toString('utf8');
  const lineStart = before.lastIndexOf('\n') + 1;
  return { kind: 'not-utf8', line: before.split('\n').length, column: before.length - lineStart + 1 };
}
