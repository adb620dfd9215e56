/** Who waits half an hour for tests wants to know for which. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { FileTimes } from '../../../dev/jobs/file-times.js';

const passed = (file: string, seconds: number, nesting = 0): TestEvent => ({
  type: 'test:pass',
  data: { name: 'a', nesting, testNumber: 1, file, details: { duration_ms: seconds * 1000 } },
});

const linesOf = (...events: readonly TestEvent[]): readonly string[] => {
  const times = new FileTimes();
  for (const event of events) times.note(event);
  return times.lines('/project');
};

test('the slowest file comes first, by its path from the folder', () => {
  assert.deepEqual(linesOf(passed('/project/test/a.js', 20), passed('/project/test/b.js', 31.4)), [
    '31 s test/b.js',
    '20 s test/a.js',
  ]);
});

test('the tests of a file add up, and a suite holds its own', () => {
  const [first, within, second] = [
    passed('/project/a.js', 8),
    passed('/project/a.js', 7, 1),
    passed('/project/a.js', 9),
  ];
  assert.deepEqual(linesOf(first, within, second), ['17 s a.js']);
});

test('files that took a moment are not worth a line, and there are a dozen at most', () => {
  assert.deepEqual(linesOf(passed('/project/a.js', 9.9)), []);
  const many = Array.from({ length: 20 }, (_, index) => passed(`/project/${index}.js`, 20));
  assert.equal(linesOf(...many).length, 12);
});
