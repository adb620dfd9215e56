/** docs/reference/cli.md against the program: neither knows a command, an option or an address that the other does not. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { controlVariable, defaultControl } from '../../cli/client/control-url.js';
import { stopTimes } from '../../cli/commands/local/timeouts.js';
import { createProgram } from '../../cli/program.js';
import { parse } from '../../faults/parse.js';

const file = 'docs/reference/cli.md';
const guide = readFileSync(file, 'utf8');
const program = createProgram();
const optionsOf = (command: typeof program): readonly string[] =>
  command.options.flatMap(({ long }) => long ?? []);

test('every command has its row, and no other', () => {
  const rows = [...(guide.split('## local')[0] ?? '').matchAll(/^\| `(\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(rows.toSorted(), program.commands.map((command) => command.name()).toSorted());
});

test('every option of local has its row, and no other', () => {
  const rows = [...guide.matchAll(/^\| `(--[\w-]+)/gm)].map(([, name]) => name);
  const local = program.commands.find((command) => command.name() === 'local');
  assert.ok(local !== undefined);
  assert.deepEqual(rows.toSorted(), optionsOf(local).toSorted());
});

test('every option that is named exists', () => {
  const known = new Set([program, ...program.commands].flatMap(optionsOf));
  const named = [...guide.replace(/nsenter[^`]*/g, '').matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(
    ([name]) => name,
  );
  assert.deepEqual(
    [...new Set(named)].filter((name) => name !== '--help' && !known.has(name)),
    [],
  );
});

test('addresses, variables and times are those of the program', () => {
  const said = [
    `${defaultControl.host}:${defaultControl.port}`,
    controlVariable,
    `within ${stopTimes.againMs / 1000} s`,
    `SIGKILL after ${stopTimes.terminatedMs / 1000} s`,
    `after ${stopTimes.interruptedMs / 1000} s`,
  ];
  for (const text of said) assert.ok(guide.includes(text), text);
});

test('every sentence is a right one, and every link leads somewhere', () => {
  const sentences = [...guide.matchAll(/havock8s arm \S+ '([^']+)'/g)].map(([, sentence = '']) => sentence);
  assert.ok(sentences.length > 0);
  for (const sentence of sentences) assert.equal(parse(sentence).kind, 'fault', sentence);
  for (const [, link = ''] of guide.matchAll(/\]\((?!https:)([^)#]+)/g))
    assert.ok(existsSync(join(dirname(file), link)), link);
});
