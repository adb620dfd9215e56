import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { plain } from '../../../cli/terminal/ink.js';
import { fitting, type Screen, screenOn } from '../../../dev/demo/screen.js';

function screen(terminal: { readonly isTTY: boolean; readonly columns?: number; readonly rows?: number }): {
  readonly on: Screen;
  readonly written: () => string;
} {
  const stream = Object.assign(new PassThrough(), terminal);
  const on = screenOn(stream as unknown as NodeJS.WriteStream, plain);
  return { on, written: () => [...chunksOf(stream)].join('') };
}

/** Newer releases of Node.js give one chunk at a time, older ones all at once. */
function* chunksOf(stream: PassThrough): Generator<unknown> {
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) yield chunk;
}

test('where there is no terminal there are lines, and no panel', () => {
  const { on, written } = screen({ isTTY: false });
  on.show(['chart', 'status']);
  on.say('slow fsync');
  assert.equal(written(), 'slow fsync\n');
  assert.equal(on.room, 0);
});

test('a panel is drawn in place of the last one, and moves down for a line that stays', () => {
  const { on, written } = screen({ isTTY: true, rows: 40 });
  on.show(['one', 'two', 'three']);
  on.show(['four', 'five']);
  on.say('slow fsync');
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

test('a panel has room for what is as high and wide as the terminal', () => {
  const { on } = screen({ isTTY: true, rows: 24, columns: 20 });
  assert.equal(on.room, 22);
  assert.equal(fitting('0123456789012345678901', on), '012345678901234567…');
});
