import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Closing } from '../../dev/closing.js';

test('what was opened last is closed first, and each is waited for', async () => {
  const closing = new Closing();
  const closed: string[] = [];
  closing.defer(() => void closed.push('mount'));
  closing.defer(async () => {
    await new Promise(setImmediate);
    closed.push('database');
  });
  await closing[Symbol.asyncDispose]();
  assert.deepEqual(closed, ['database', 'mount']);
});

test('one failure does not keep the others open, and is told', async () => {
  const closing = new Closing();
  const closed: string[] = [];
  closing.defer(() => void closed.push('mount'));
  closing.defer(() => Promise.reject(new Error('the database would not end')));
  await assert.rejects(closing[Symbol.asyncDispose](), /would not end/);
  assert.deepEqual(closed, ['mount']);
});

test('nothing is closed twice', async () => {
  const closing = new Closing();
  const closed: string[] = [];
  closing.defer(() => void closed.push('mount'));
  await closing[Symbol.asyncDispose]();
  await closing[Symbol.asyncDispose]();
  assert.deepEqual(closed, ['mount']);
});
