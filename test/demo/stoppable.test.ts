import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stoppable } from '../../demo/stoppable.js';

const never = (): AbortSignal => new AbortController().signal;

test('what was opened is closed in the reverse order, and the result comes through', async () => {
  const closed: string[] = [];
  const result = await stoppable(never(), async (closing) => {
    closing.add(() => void closed.push('mount'));
    closing.add(async () => void closed.push('database'));
    return 'done';
  });
  assert.equal(result, 'done');
  assert.deepEqual(closed, ['database', 'mount']);
});

test('one failure does not keep the others open', async () => {
  const closed: string[] = [];
  const running = stoppable(never(), async (closing) => {
    closing.add(() => void closed.push('mount'));
    closing.add(() => Promise.reject(new Error('the database would not end')));
  });
  await assert.rejects(running, /would not end/);
  assert.deepEqual(closed, ['mount']);
});

test('a stop closes what is open first, which ends what the body waits for, then what came late', async () => {
  const stop = new AbortController();
  const closed: string[] = [];
  const running = stoppable(stop.signal, async (closing) => {
    const unblocked = new Promise<void>((resolve) => {
      closing.add(() => {
        closed.push('early');
        resolve();
      });
    });
    stop.abort();
    await unblocked;
    closing.add(() => void closed.push('late'));
    stop.signal.throwIfAborted();
  });
  await assert.rejects(running, { name: 'AbortError' });
  assert.deepEqual(closed, ['early', 'late']);
});

test('the failure of the body comes through, and everything is closed', async () => {
  const closed: string[] = [];
  const running = stoppable(never(), async (closing) => {
    closing.add(() => void closed.push('mount'));
    throw new Error('no such table');
  });
  await assert.rejects(running, /no such table/);
  assert.deepEqual(closed, ['mount']);
});
