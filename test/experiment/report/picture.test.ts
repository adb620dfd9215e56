/** The timeline as a picture that stands alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJournal } from '../../../experiment/journal/read-journal.js';
import { pictureOf } from '../../../experiment/report/picture.js';
import { reportOf } from '../../../experiment/report/report.js';
import { hostileRun, passed, textOf } from './journals.js';

function pictureOfText(text: string): string {
  const reading = readJournal(text);
  assert.ok(reading.kind === 'journal', JSON.stringify(reading));
  return pictureOf(reportOf(reading.journal, 'a.jsonl'), reading.journal);
}

test('the picture of a run is one SVG, closed in order, with its own colours', () => {
  const picture = pictureOfText(textOf(passed));
  assert.match(picture, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [\s\S]*<\/svg>\n$/);
  const open: string[] = [];
  for (const [, close, name = '', self] of picture.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (self) continue;
    if (close) assert.equal(open.pop(), name);
    else open.push(name);
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(picture, /NaN|Infinity|undefined/);
  for (const [, colour = ''] of picture.matchAll(/var\((--[a-z]+)\)/g))
    assert.ok(picture.includes(`${colour}: #`) || picture.includes(`${colour}: rgb`), colour);
});

test('what a run says is no markup of its picture', () => {
  assert.doesNotMatch(pictureOfText(textOf(hostileRun)), /<(script|img|a)\b/i);
});
