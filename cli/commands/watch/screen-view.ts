/** The live table on a terminal: drawn in place on its second screen, and left behind on the first one at the end. */

import type { ShownEvent, ShownFault } from '../../client/answers.js';
import type { Console } from '../../terminal/console.js';
import { faultTable, refusalLines, remarkLines } from '../../terminal/fault-table.js';
import { screenOn } from '../../terminal/screen.js';
import { cutTo } from '../../terminal/width.js';
import { eventLine } from './event-line.js';
import type { WatchView } from './watch-faults.js';

const eventsShown = 6;

export interface ScreenOptions {
  readonly url: string;
  rows(): number;
}

export function screenView({ out }: Console, { url, rows }: ScreenOptions): WatchView {
  let shown: readonly ShownFault[] = [];
  let events: readonly ShownEvent[] = [];
  let answered = true;
  const screen = screenOn(out, rows);
  const draw = (): void => screen.draw([heading(), '', ...body(), ...recent()]);
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
      screen.close(body());
    },
  };
}
