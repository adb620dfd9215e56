import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sheet } from '../../cli/terminal/console.js';
import { plain } from '../../cli/terminal/ink.js';
import { type Panel, panelOn } from '../../cli/terminal/panel.js';

function panel(terminal: Pick<Sheet, 'isTerminal' | 'rows'>): {
  readonly on: Panel;
  readonly written: () => string;
} {
  const texts: string[] = [];
  const write = (text: string): void => void texts.push(text);
  const on = panelOn({ ...terminal, ink: plain, columns: 80, write, line: (text) => write(`${text}\n`) });
  return { on, written: () => texts.join('') };
}

test('where there is no terminal there are lines, and no panel', () => {
  const { on, written } = panel({ isTerminal: false, rows: Number.POSITIVE_INFINITY });
  on.show(['chart', 'status']);
  on.line('slow fsync');
  assert.equal(written(), 'slow fsync\n');
});

test('a panel is drawn in place of the last one, and moves down for a line that stays', () => {
  const { on, written } = panel({ isTerminal: true, rows: 40 });
  on.show(['one', 'two', 'three']);
  on.show(['four', 'five']);
  on.line('slow fsync');
  on.show([]);
  assert.equal(
    written(),
    [
      '\r\u001b[Jone\ntwo\nthree',
      '\r\u001b[2A\u001b[Jfour\nfive',
      '\r\u001b[1A\u001b[Jslow fsync\nfour\nfive',
      '\r\u001b[1A\u001b[J',
    ].join(''),
  );
});

test('what is too high for the terminal is left out of the panel', () => {
  const { on, written } = panel({ isTerminal: true, rows: 4 });
  on.show(['one', 'two', 'three']);
  assert.equal(written(), '\r\u001b[Jone\ntwo');
});
