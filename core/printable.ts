/**
 * Text from elsewhere as it may be shown: control characters, which could move the cursor or worse, characters
 * that turn the direction of writing, and what no XML may hold become one visible character each.
 */
export function printable(text: string): string {
  return text
    .replace(/[\t\n\r]/g, ' ')
    .replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd');
}
