/** A real pino log whose lines a test can read. */
import { type Logger, pino } from 'pino';

export interface CollectingLog {
  readonly log: Logger;
  /** The `code` of each line, in order. */
  codes(): readonly string[];
  /** Of the longest line, in characters. */
  longest(): number;
}

export function collectingLog(): CollectingLog {
  const codes: string[] = [];
  let longest = 0;
  const write = (line: string) => {
    longest = Math.max(longest, line.length);
    const { code }: { code?: string } = JSON.parse(line);
    codes.push(code ?? 'none');
  };
  return { log: pino({ level: 'trace' }, { write }), codes: () => codes, longest: () => longest };
}
