/** The live table on a terminal: drawn in place on its second screen, and left behind on the first one at the end. */

import type { ShownEvent, ShownFault } from '../../client/answers.js';
import type { Console } from '../../terminal/console.js';
import { faultTable, refusalLines, remarkLines } from '../../terminal/fault-table.js';
import { cutTo } from '../../terminal/width.js';
import { eventLine } from './event-line.js';
import type { WatchView } from './watch-faults.js';

const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

const eventsShown = 6;

export interface ScreenOptions {
  readonly url: string;
  rows(): number;
}

export function screenView({ out }: Console, { url, rows }: ScreenOptions): WatchView {
  let shown: readonly ShownFault[] = [];
  let events: readonly ShownEvent[] = [];
  let answered = true;
  let isOpen = false;
  const draw = (): void => {
    const lines = [heading(), '', ...body(), ...recent()];
    const fitting = lines.slice(0, Math.max(1, rows() - 1));
    out.write(home + fitting.map((line) => `${line}${clearLine}\n`).join('') + clearBelow);
  };
  const heading = (): string => {
    const armed = shown.filter(({ state }) => state === 'armed').length;
    const state = answered ? `${armed} armed` : 'no answer';
    const paint = answered ? out.ink.bold : out.ink.red;
    return `${paint(cutTo(`havock8s ${url}  ${state}`, out.columns - 16))}  ${out.ink.dim('Ctrl-C ends')}`;
  };
  const body = (): readonly string[] =>
    shown.length === 0
      ? [out.ink.dim('no faults')]
      : [...faultTable(shown, out), ...remarkLines(shown, out), ...refusalLines(shown, out)];
  const recent = (): readonly string[] =>
    events.length === 0
      ? []
      : ['', ...events.map((event) => out.ink.dim(cutTo(eventLine(event), out.columns)))];
  process.stdout.on('resize', draw);
  return {
    faults: (faults) => {
      if (!isOpen) out.write(enter);
      isOpen = true;
      answered = true;
      shown = faults;
      draw();
    },
    event: (event) => {
      events = [...events, event].slice(-eventsShown);
    },
    unanswered: () => {
      answered = false;
      draw();
    },
    close: () => {
      process.stdout.off('resize', draw);
      if (!isOpen) return;
      out.write(leave);
      for (const line of body()) out.line(line);
    },
  };
}
