/** The second screen of a terminal, drawn in place, and left behind on the first one at the end. */
import type { Sheet } from './console.js';

const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

export interface Screen {
  /** As many of the lines as there is room for. */
  draw(lines: readonly string[]): void;
  /** `left` stays on the first screen, where anything was drawn. */
  close(left: readonly string[]): void;
}

/** Enters it at the first drawing. */
export function screenOn(out: Sheet, rows: () => number): Screen {
  let isOpen = false;
  return {
    draw: (lines) => {
      if (!isOpen) out.write(enter);
      isOpen = true;
      const fitting = lines.slice(0, Math.max(1, rows() - 1));
      out.write(home + fitting.map((line) => `${line}${clearLine}\n`).join('') + clearBelow);
    },
    close: (left) => {
      if (!isOpen) return;
      out.write(leave);
      for (const line of left) out.line(line);
    },
  };
}
