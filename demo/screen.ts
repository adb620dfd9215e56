/** What the demo says while it runs: lines that stay, and on a terminal one last line that changes. */
import type { Ink } from '../cli/terminal/ink.js';
import { cutTo } from '../cli/terminal/width.js';

export interface Screen {
  readonly ink: Ink;
  readonly width: number;
  say(line: string): void;
  /** Shown until the next line; nothing where there is no terminal. */
  status(line: string): void;
}

const widest = 120;
const eraseLine = '\r\u001b[2K';

export function screenOn(stream: NodeJS.WriteStream, ink: Ink): Screen {
  const width = Math.min(widest, stream.columns ?? 100);
  const erase = stream.isTTY ? eraseLine : '';
  return {
    ink,
    width,
    say: (line) => void stream.write(`${erase}${line}\n`),
    status: (line) => {
      if (stream.isTTY) stream.write(`${erase}${cutTo(line, width - 1)}`);
    },
  };
}
