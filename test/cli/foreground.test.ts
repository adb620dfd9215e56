import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terminalTies } from '../../cli/commands/local/foreground.js';

test('terminalTies() reads behind a name that looks like fields', () => {
  const cases = [
    { stat: '42 (node) S 1 40 40 34816 40 4194560 0', ties: { hasTerminal: true, inForeground: true } },
    { stat: '42 (node) S 1 40 40 34816 77 4194560 0', ties: { hasTerminal: true, inForeground: false } },
    { stat: '42 (node) S 1 40 40 0 -1 4194560 0', ties: { hasTerminal: false, inForeground: false } },
    { stat: '42 (a ) S 9 9) S 1 40 40 34816 40 4194560 0', ties: { hasTerminal: true, inForeground: true } },
  ];
  for (const { stat, ties } of cases) assert.deepEqual(terminalTies(stat), ties, stat);
});

test('terminalTies() understands this kernel', () => {
  const { hasTerminal, inForeground } = terminalTies();
  assert.ok(hasTerminal || !inForeground);
});
