/** The tests run from the project's folder, as `npm test` runs them. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { testFiles } from '../../../dev/jobs/test-files.js';

test('every test of the sources is compiled', () => {
  assert.deepEqual(
    Object.values(testFiles([]))
      .flat()
      .filter((file) => !existsSync(file)),
    [],
  );
});

test('a prefix chooses files by the start of their path', () => {
  assert.deepEqual(testFiles(['test/dev/jobs/test-f']).together, ['dist/test/dev/jobs/test-files.test.js']);
});

test('a prefix that fits nothing chooses nothing', () => {
  assert.deepEqual(testFiles(['test/no-such-folder']), {
    together: [],
    alone: [],
    apiServer: [],
    cluster: [],
  });
});

test('what loads the machine for a minute has it to itself', () => {
  const { together } = testFiles([]);
  assert.deepEqual(
    together.filter((file) => file.includes('/death/') || file.includes('.alone.')),
    [],
  );
});
