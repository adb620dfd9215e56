/** The guide says what is true: its examples parse, its tables and bounds are those of the language. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { limits } from '../../faults/limits.js';
import { parse } from '../../faults/parse.js';
import { reference } from '../../faults/reference.js';
import { writeDuration } from '../../faults/values/duration.js';
import { writeSize } from '../../faults/values/size.js';

const guide = readFileSync(new URL('../../../docs/reference/language.md', import.meta.url), 'utf8');
const fenced = [...guide.matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);

test('every example of the guide is a sentence', () => {
  assert.ok(fenced.length > 30);
  for (const sentence of fenced) assert.equal(parse(sentence).kind, 'fault', sentence);
});

test('the guide shows every effect and every clause', () => {
  for (const { plane, name } of reference.effects) {
    assert.ok(
      fenced.some((sentence) => sentence.startsWith(`${plane} ${name}`)),
      `${plane} ${name}`,
    );
  }
  for (const { name } of reference.clauses)
    assert.ok(
      fenced.some((sentence) => sentence.split(' ').includes(name)),
      name,
    );
});

test('the guide lists what each group reaches', () => {
  for (const { name, operations } of reference.groups.filter((group) => group.name !== 'all')) {
    const [, listed = ''] = new RegExp(`^\\| \`${name}\` \\| (.*) \\|$`, 'm').exec(guide) ?? [];
    assert.deepEqual(listed.split(', ').toSorted(), operations.toSorted(), name);
  }
});

test('the guide says what chance is decided for, for each effect of TCP', () => {
  for (const { name, unit } of reference.effects.filter(({ plane }) => plane === 'tcp')) {
    assert.match(guide, new RegExp(`^\\| \`${name}[^\`]*\` \\| .* \\| ${unit} \\|$`, 'm'), name);
  }
});

test('the guide gives the bounds as they are', () => {
  const rows = [
    [limits.faults, 'faults at once'],
    [`${limits.sentenceBytes / 1024} KiB`, 'a sentence'],
    [writeDuration(limits.delayMs), 'delay, and jitter'],
    [writeDuration(limits.deadlineMs), '`for`'],
    [writeSize(limits.bytes), 'size'],
    [limits.globAlternatives, 'paths that the braces of one glob spell'],
    [writeSize(limits.globSpelled), 'characters of these paths together'],
    [limits.globSegments, 'names and `**` in one path of a glob'],
    [
      limits.globPathUnits,
      'characters of a path that a glob can match: no program can name a longer one at once',
    ],
  ];
  for (const [bound, what] of rows) assert.ok(guide.includes(`| ${bound} | ${what} |`), `${bound} ${what}`);
  assert.ok(guide.includes(`or after ${limits.defaultDeadlineMs / 60_000} minutes`));
});
