/** Splits the words of a list at its commas, each item with its own place in the sentence. */
import type { Word } from './word.js';

/** Between two words of one list a comma at the end of the first or the start of the second separates nothing else. */
export function itemsOf(words: readonly Word[]): readonly Word[] {
  return words.flatMap((word, index) => {
    const items = split(word);
    const joinsNext = index < words.length - 1 && word.text.endsWith(',');
    const joinsLast = index > 0 && word.text.startsWith(',');
    return items.slice(joinsLast ? 1 : 0, joinsNext ? -1 : undefined);
  });
}

/** An empty item stands where its comma is. What is quoted has no places within. */
function split(word: Word): readonly Word[] {
  let offset = 0;
  return word.text.split(',').map((text) => {
    const start = offset;
    offset += text.length + 1;
    if (word.quoted) return { ...word, text };
    const place = text === '' ? Math.max(0, start - 1) : start;
    return { ...word, text, column: word.column + place, length: Math.max(1, text.length) };
  });
}
