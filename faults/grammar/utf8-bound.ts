/** The first character that reaches past so many bytes of UTF-8, as its UTF-16 index; null when all fit. */
export function beyondBytes(text: string, bytes: number): number | null {
  let left = bytes;
  let index = 0;
  for (const character of text) {
    left -= bytesOf(character.codePointAt(0) ?? 0);
    if (left < 0) return index;
    index += character.length;
  }
  return null;
}

/** Half a surrogate pair takes the 3 bytes of U+FFFD. */
function bytesOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
