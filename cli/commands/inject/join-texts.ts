/** Several files as one stream of documents: each byte for byte, a separator between where there is none. */
import type { ChangedFile } from './change-files.js';

export function joinTexts(files: readonly ChangedFile[]): string {
  const written = files.filter(({ text }) => text !== '');
  return written
    .map((one, index) => (index === 0 ? one.text : behind(written[index - 1]?.text ?? '', one)))
    .join('');
}

function behind(before: string, { file, text }: ChangedFile): string {
  const feed = before.endsWith('\n') ? '' : '\n';
  const own = text.replace(/^\ufeff/, '');
  if (own.startsWith('%')) return `${feed}...\n${own}`;
  const isStarted = file.documents[0]?.tree.directives?.docStart === true;
  return `${feed}${isStarted ? '' : '---\n'}${own}`;
}
