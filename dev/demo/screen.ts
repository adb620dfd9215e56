/**
 * What the demo says while it runs: lines that stay, and on a terminal a panel below them that changes.
 *
 *     line
 *     line          say() adds one, and the panel moves down
 *     ┌ panel
 *     └ panel       show() draws it in place
 */
import type { Ink } from '../../cli/terminal/ink.js';
import { cutTo } from '../../cli/terminal/width.js';

export interface Screen {
  readonly ink: Ink;
  readonly width: number;
  /** How many lines a panel may have; none where there is no terminal. */
  readonly room: number;
  say(line: string): void;
  /** In place of the last panel. Lines beyond `room` and `width` are the caller's to avoid. */
  show(panel: readonly string[]): void;
}

const widest = 120;
const eraseBelow = '\u001b[J';

export function screenOn(stream: NodeJS.WriteStream, ink: Ink): Screen {
  const width = Math.min(widest, stream.columns ?? 100);
  let shown: readonly string[] = [];
  /** From the end of the panel's last line to its beginning. */
  const back = (): string => {
    if (!stream.isTTY) return '';
    return `\r${shown.length > 1 ? `\u001b[${shown.length - 1}A` : ''}${eraseBelow}`;
  };
  return {
    ink,
    width,
    room: stream.isTTY ? Math.max(1, (stream.rows ?? 24) - 2) : 0,
    say: (line) => void stream.write(`${back()}${line}\n${shown.join('\n')}`),
    show: (panel) => {
      if (!stream.isTTY) return;
      stream.write(`${back()}${panel.join('\n')}`);
      shown = panel;
    },
  };
}

/** The one line of a panel that has no colours. */
export const fitting = (line: string, { width }: Screen): string => cutTo(line, width - 1);
