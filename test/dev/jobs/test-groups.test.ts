/** Files that share a process must not be in each other's way. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sharedFolders } from '../../../dev/jobs/test-groups.js';

/** A hook at the start of a line is for every test of the process. */
const isForAll =
  /^(before|beforeEach|afterEach)\(|process\.(chdir|umask)\(|process\.exitCode = |process\.env\[[^\]]*\] = |^delete process\.env/m;

test('no file that shares its process changes the process, or sets a hook for every test', () => {
  const files = sharedFolders.flatMap((folder) =>
    readdirSync(join('test', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join('test', folder, name)),
  );
  assert.ok(files.length > 0);
  assert.deepEqual(
    files.filter((file) => isForAll.test(readFileSync(file, 'utf8'))),
    [],
  );
});
