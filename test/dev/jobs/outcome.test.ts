/** The last line of `npm test` is what people and CI believe. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { Outcome } from '../../../dev/jobs/outcome.js';

type Result = Extract<TestEvent, { type: 'test:pass' }>['data'];

const result: Result = { name: 'a', nesting: 0, testNumber: 1, details: { duration_ms: 1 } };
const pass = (data: Partial<Result> = {}): TestEvent => ({ type: 'test:pass', data: { ...result, ...data } });
const fail = (data: Partial<Result> = {}): TestEvent => ({
  type: 'test:fail',
  data: {
    ...result,
    ...data,
    details: { duration_ms: 1, error: Object.assign(new Error(), { cause: new Error() }) },
  },
});

const outcomeOf = (...events: readonly TestEvent[]): Outcome => {
  const outcome = new Outcome();
  for (const event of events) outcome.note(event);
  return outcome;
};

test('the last line counts what passed and what failed', () => {
  assert.equal(outcomeOf(pass(), pass(), fail()).line(), '2 passed, 1 failed');
});

test('the last line counts skips only where there are some', () => {
  assert.equal(outcomeOf(pass(), pass({ skip: 'missing: fio' })).line(), '1 passed, 0 failed, 1 skipped');
});

test('a suite is not a test', () => {
  assert.equal(
    outcomeOf(pass(), pass({ details: { duration_ms: 1, type: 'suite' } })).line(),
    '1 passed, 0 failed',
  );
});

test('a suite that is skipped counts, since its tests are not reported', () => {
  const skipped = outcomeOf(
    pass(),
    pass({ skip: 'missing: fio', details: { duration_ms: 1, type: 'suite' } }),
  );
  assert.equal(skipped.line(), '1 passed, 0 failed, 1 skipped');
  assert.equal(skipped.isGood(true), false);
});

test('a test that is still to do may fail', () => {
  assert.equal(outcomeOf(pass(), fail({ todo: 'later' })).isGood(true), true);
});

test('one failure is a failure', () => {
  assert.equal(outcomeOf(pass(), fail()).isGood(false), false);
});

test('a failure is told in a line: where, which test, and why', () => {
  const error = Object.assign(new Error('a test failed'), { cause: new Error('1 !== 2\n  at line 3') });
  const outcome = outcomeOf({
    type: 'test:fail',
    data: { ...result, file: '/clone/test/a.test.js', line: 3, details: { duration_ms: 1, error } },
  });
  assert.deepEqual(outcome.failures('/clone'), ['test/a.test.js:3: a: 1 !== 2 at line 3']);
});

test('no test at all is a failure', () => {
  assert.equal(outcomeOf().isGood(false), false);
});

test('a skip for something the machine lacks is a failure only where everything must run', () => {
  const outcome = outcomeOf(pass(), pass({ skip: 'missing: fio' }));
  assert.deepEqual([outcome.isGood(false), outcome.isGood(true)], [true, false]);
  assert.deepEqual(outcome.lacking, ['missing: fio']);
});

test('a skip for another reason is not a failure', () => {
  assert.equal(outcomeOf(pass(), pass({ skip: 'this kernel has no RESEND' })).isGood(true), true);
});
