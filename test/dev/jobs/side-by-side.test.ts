import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { sideBySide } from '../../../dev/jobs/side-by-side.js';

const start = (name: string, nesting = 0): TestEvent => ({ type: 'test:start', data: { name, nesting } });
const said = (message: string): TestEvent => ({ type: 'test:diagnostic', data: { message, nesting: 0 } });

/** Each event in a turn of its own, so that the two are as mixed as they can be. */
async function* run(...events: readonly TestEvent[]): AsyncGenerator<TestEvent> {
  for (const event of events) {
    await new Promise((next) => setImmediate(next));
    yield event;
  }
}

async function namesOf(...runs: readonly AsyncIterable<TestEvent>[]): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { type, data } of sideBySide(runs))
    names.push(type === 'test:diagnostic' ? data.message : type === 'test:start' ? data.name : type);
  return names;
}

test('what is told of one test is not mixed with what is told of another', async () => {
  const one = run(start('a'), start('a inner', 1), said('a says'), start('b'), said('b says'));
  const names = await namesOf(one, run(start('c'), said('c says'), start('d')));
  const together = (first: string, ...others: readonly string[]): void => {
    const at = names.indexOf(first);
    assert.deepEqual(names.slice(at, at + 1 + others.length), [first, ...others]);
  };
  together('a', 'a inner', 'a says');
  together('b', 'b says');
  together('c', 'c says');
  assert.equal(names.length, 8);
});

test('a run alone is told as it is, and none of nothing', async () => {
  assert.deepEqual(await namesOf(run(said('before'), start('a'), said('after'))), ['before', 'a', 'after']);
  assert.deepEqual(await namesOf(), []);
});

test('a run that fails fails the whole', async () => {
  const failing = (async function* (): AsyncGenerator<TestEvent> {
    yield start('a');
    throw new Error('of the run');
  })();
  await assert.rejects(namesOf(failing, run(start('b'))), /of the run/);
});
