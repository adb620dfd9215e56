/**
 * A terminal on which lines stay, and below them a panel changes in place. Where there is no terminal there are lines
 * alone.
 *
 *     line
 *     line          line() adds one, and the panel moves down
 *     ┌ panel
 *     └ panel       show() draws it in place
 */
import type { Sheet } from './console.js';

export interface Panel extends Sheet {
  /** In place of the last one. Lines are not to be wider than the terminal; what is too high for it is left out. */
  show(lines: readonly string[]): void;
}

const eraseBelow = '\u001b[J';

export function panelOn(sheet: Sheet): Panel {
  let shown: readonly string[] = [];
  /** From the end of the panel's last line to its beginning. */
  const back = (): string =>
    sheet.isTerminal ? `\r${shown.length > 1 ? `\u001b[${shown.length - 1}A` : ''}${eraseBelow}` : '';
  return {
    isTerminal: sheet.isTerminal,
    ink: sheet.ink,
    get columns() {
      return sheet.columns;
    },
    get rows() {
      return sheet.rows;
    },
    write: (text) => sheet.write(`${back()}${text}${shown.join('\n')}`),
    line: (text = '') => sheet.write(`${back()}${text}\n${shown.join('\n')}`),
    show: (lines) => {
      if (!sheet.isTerminal) return;
      const fitting = lines.slice(0, Math.max(1, sheet.rows - 2));
      sheet.write(`${back()}${fitting.join('\n')}`);
      shown = fitting;
    },
  };
}
