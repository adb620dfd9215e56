/** A real pino log whose lines a test can read. */
import { type Logger, pino } from 'pino';

export interface CollectingLog {
  readonly log: Logger;
  /** The `code` of each line, in order. */
  codes(): readonly string[];
}

export function collectingLog(): CollectingLog {
  const codes: string[] = [];
  const write = (line: string) => {
    const { code }: { code?: string } = JSON.parse(line);
    codes.push(code ?? 'none');
  };
  return { log: pino({ level: 'trace' }, { write }), codes: () => codes };
}
