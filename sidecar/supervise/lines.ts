/** A child's output, line by line; a line longer than the bound is cut. */
import type { Readable } from 'node:stream';

const longestLine = 64 * 1024;

export function linesOf(stream: Readable | null, deliver: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) if (line !== '') deliver(line);
  });
}
