/** A paragraph in lines that fit the terminal, each behind the same indentation. */
import { widthOf } from './width.js';

export function wrap(text: string, columns: number, indent = ''): string {
  const room = Math.max(20, columns - widthOf(indent));
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > room) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((one) => indent + one).join('\n');
}
