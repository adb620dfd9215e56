import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newLines } from '../../../../dev/demo/cluster/pod-log.js';

test('a log that is read once more is told from where it was left', () => {
  const told: string[] = [];
  const hear = newLines((line) => told.push(line));
  const first = ['2026-01-01T00:00:00.1Z starting', '2026-01-01T00:00:00.12Z PANIC:  no space'];
  for (const line of first) hear(line);
  for (const line of [...first, '2026-01-01T00:00:03.5Z starting']) hear(line);
  assert.deepEqual(told, ['starting', 'PANIC:  no space', 'starting']);
});

test('what is not a line of a log, as kubectl says it of a pod that is gone, is not told', () => {
  const told: string[] = [];
  newLines((line) => told.push(line))('unable to retrieve container logs');
  assert.deepEqual(told, []);
});
