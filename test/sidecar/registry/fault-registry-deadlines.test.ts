import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../../faults/limits.js';
import { registryLimits } from '../../../sidecar/registry/registry-limits.js';
import { annotations, listing, nextEvent, openedBook } from './opened-registry.js';

test('a fault expires at its deadline, stays listed, and does nothing until its sentence changes', async (t) => {
  const { book, plane, clock, events } = await openedBook(t);
  await book.setAnnotations(annotations({ x: 'disk freeze for 10s' }));
  clock.advance(9999);
  assert.deepEqual(listing(book), ['x annotation armed']);
  const expired = nextEvent(book, 'expired');
  clock.advance(1);
  await expired;
  assert.deepEqual(listing(book), ['x annotation expired']);
  assert.deepEqual(plane.armed, []);
  await book.setAnnotations(annotations({ x: 'disk  freeze  for 10s' }));
  assert.deepEqual(listing(book), ['x annotation expired']);
  await book.setAnnotations(annotations({ x: 'disk freeze for 11s' }));
  assert.deepEqual(plane.armed, ['x: freeze']);
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['armed', 'expired', 'armed'],
  );
});

test('an annotation that is removed and comes back is a new fault with a new deadline', async (t) => {
  const { book, plane, clock } = await openedBook(t);
  await book.setAnnotations(annotations({ x: 'disk freeze for 10s' }));
  clock.advance(10_000);
  await book.setAnnotations(annotations({}));
  assert.deepEqual(listing(book), []);
  await book.setAnnotations(annotations({ x: 'disk freeze for 10s' }));
  assert.deepEqual(plane.armed, ['x: freeze']);
  assert.equal(book.list()[0]?.remainingMs, 10_000);
});

for (const gone of [
  { kind: 'absent' },
  { kind: 'unreadable', code: 'EIO', message: 'it is broken' },
] as const) {
  test(`an ${gone.kind} annotations file disarms, and its return does not extend a deadline`, async (t) => {
    const { book, plane, clock } = await openedBook(t);
    const both = annotations({ short: 'disk freeze for 10s', long: 'disk readonly for 1m' });
    await book.setAnnotations(both);
    clock.advance(5000);
    await book.setAnnotations(gone);
    assert.deepEqual(plane.armed, []);
    assert.deepEqual(book.list(), []);
    clock.advance(5000);
    await book.setAnnotations(both);
    assert.deepEqual(listing(book), ['short annotation expired', 'long annotation armed']);
    assert.equal(book.list()[1]?.remainingMs, 50_000);
  });
}

test('a fault without a deadline of its own has the default one', async (t) => {
  const { book, clock, plane } = await openedBook(t);
  await book.arm('x', 'disk freeze');
  assert.equal(book.list()[0]?.remainingMs, limits.defaultDeadlineMs);
  assert.equal(plane.plan.faults[0]?.endsMs, clock.wallMs() + limits.defaultDeadlineMs);
  clock.advance(limits.defaultDeadlineMs);
  assert.deepEqual(listing(book), ['x control expired']);
});

test('a deadline given as a time that has passed never arms', async (t) => {
  const { book, plane } = await openedBook(t);
  const result = await book.arm('x', 'disk freeze until 2020-01-01T00:00:00Z');
  assert.equal(result.kind === 'armed' && result.fault.state, 'expired');
  assert.deepEqual(plane.plans, []);
});

test('a wall clock set back does not make a fault last longer', async (t) => {
  const { book, clock, plane } = await openedBook(t);
  await book.arm('x', 'disk freeze for 10s');
  clock.step(-3_600_000);
  const expired = nextEvent(book, 'expired');
  clock.advance(10_000);
  await expired;
  assert.deepEqual(plane.armed, []);
});

test('a wall clock set forward past the deadline ends a fault, at the latest at the next tick', async (t) => {
  const { book, clock, plane } = await openedBook(t);
  await book.arm('x', 'disk freeze for 1h');
  await book.arm('y', 'disk freeze until 2026-01-02T05:00:00Z');
  const expired = nextEvent(book, 'expired');
  clock.step(7_200_000);
  clock.advance(registryLimits.tickMs);
  await expired;
  assert.deepEqual(plane.armed, []);
});

test('deadlines survive a restart: what was armed goes on, what had expired stays expired', async (t) => {
  const first = await openedBook(t);
  const { clock, stateDirectory } = first;
  const said = annotations({ a: 'disk freeze for 10s', b: 'disk freeze for 1m', c: 'disk readonly for 1m' });
  await first.book.setAnnotations(said);
  await first.book.arm('d', 'disk latency 1s for 1m');
  await first.book.disarm('c');
  clock.advance(20_000);
  await first.book.close();

  const { book, plane } = await openedBook(t, { clock, stateDirectory });
  assert.deepEqual(listing(book), ['d control armed']);
  await book.setAnnotations({ kind: 'absent' });
  clock.advance(10_000);
  await book.setAnnotations(said);
  assert.deepEqual(listing(book), [
    'a annotation expired',
    'b annotation armed',
    'c annotation disarmed',
    'd control armed',
  ]);
  assert.deepEqual(plane.armed, ['b: freeze', 'd: latency']);
  assert.equal(book.list()[1]?.remainingMs, 30_000);
});

test('a restart on a clock that was set back gives no more than the whole span', async (t) => {
  const first = await openedBook(t);
  await first.book.arm('x', 'disk freeze for 10s');
  await first.book.close();
  first.clock.step(-3_600_000);
  const { book } = await openedBook(t, first);
  assert.equal(book.list()[0]?.remainingMs, 10_000);
});

test('what was answered outlives a death in the same moment: armed goes on, disarmed stays off', async (t) => {
  const { book, clock, stateDirectory } = await openedBook(t);
  /** As the next fault proxy finds it: this one is never closed. */
  const found = async (): Promise<readonly string[]> =>
    listing((await openedBook(t, { clock, stateDirectory })).book);
  await book.arm('slow', 'disk latency 2s');
  assert.deepEqual(await found(), ['slow control armed']);
  await book.arm('hole', 'disk freeze');
  assert.deepEqual(await found(), ['slow control armed', 'hole control armed']);
  await book.disarm('slow');
  assert.deepEqual(await found(), ['hole control armed']);
  await book.disarmAll();
  assert.deepEqual(await found(), []);
});
