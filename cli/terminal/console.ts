/** Where a command writes and how: data to `out`, everything about it to `err`. */
import { type Ink, inkFor } from './ink.js';

export interface Console {
  readonly json: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly out: Sheet;
  readonly err: Sheet;
}

/** One of the two streams: its ink and its width follow from whether it is a terminal. */
export interface Sheet {
  readonly isTerminal: boolean;
  readonly ink: Ink;
  /** Infinity where it is not a terminal: programs want whole lines. */
  readonly columns: number;
  /** Likewise. */
  readonly rows: number;
  write(text: string): void;
  line(text?: string): void;
}

export function openConsole(json: boolean, env: NodeJS.ProcessEnv = process.env): Console {
  return { json, env, out: sheetOf(process.stdout, env), err: sheetOf(process.stderr, env) };
}

function sheetOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Sheet {
  return {
    isTerminal: stream.isTTY === true,
    ink: inkFor(stream, env),
    get columns() {
      return stream.isTTY === true ? stream.columns || 80 : Number.POSITIVE_INFINITY;
    },
    get rows() {
      return stream.isTTY === true ? stream.rows || 24 : Number.POSITIVE_INFINITY;
    },
    write: (text) => void stream.write(text),
    line: (text = '') => void stream.write(`${text}\n`),
  };
}

export function printJson(sheet: Sheet, value: unknown): void {
  sheet.line(JSON.stringify(value, null, sheet.isTerminal ? 2 : undefined));
}
