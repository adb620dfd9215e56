import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../../faults/limits.js';
import { annotations, listing, nextEvent, openedBook } from './opened-registry.js';

test('arm() resolves when the plane has the plan', async (t) => {
  const { book, plane, events } = await openedBook(t);
  const result = await book.arm('slow', 'disk  latency 200ms   on fsync for 5m');
  assert.ok(result.kind === 'armed');
  assert.equal(result.created, true);
  assert.equal(result.fault.sentence, 'disk latency 200ms on fsync for 5m');
  assert.equal(result.fault.remainingMs, 300_000);
  assert.deepEqual(plane.armed, ['slow: latency']);
  assert.deepEqual(
    events.map(({ kind, name, source }) => [kind, name, source]),
    [['armed', 'slow', 'control']],
  );
});

test('arm() refuses a bad sentence with its problems, and leaves what was armed under the name', async (t) => {
  const { book, plane, happened } = await openedBook(t);
  await book.arm('x', 'disk freeze');
  const result = await book.arm('x', 'disk latncy 200ms');
  assert.ok(result.kind === 'refused');
  assert.equal(result.problems[0]?.column, 6);
  assert.equal(result.problems[0]?.nearest, 'latency');
  assert.deepEqual(plane.armed, ['x: freeze']);
  assert.deepEqual(happened, ['armed x', 'refused x']);
});

test('arm() refuses by name what no plane here can do', async (t) => {
  const { book, plane } = await openedBook(t);
  const tcp = await book.arm('split', 'tcp partition');
  const throttle = await book.arm('thin', 'disk throttle 10 iops');
  assert.deepEqual(
    [tcp, throttle].map((result) =>
      result.kind === 'refused' ? result.problems.map(({ code, message }) => [code, message]) : [],
    ),
    [
      [['no-plane', 'tcp partition: this sidecar has no tcp plane']],
      [['plane-refuses', 'disk throttle cannot be applied by a test']],
    ],
  );
  assert.deepEqual(plane.plans, []);
});

test('arm() again with the same fault in other white space changes nothing, its deadline neither', async (t) => {
  const { book, plane, clock } = await openedBook(t);
  await book.arm('x', 'disk freeze for 10s');
  clock.advance(4000);
  const again = await book.arm('x', ' disk   freeze for  10s ');
  assert.ok(again.kind === 'armed');
  assert.equal(again.created, false);
  assert.equal(again.fault.remainingMs, 6000);
  assert.equal(plane.plans.length, 1);
});

test('arm() of what has ended arms it anew', async (t) => {
  const { book, plane, clock } = await openedBook(t);
  await book.arm('x', 'disk freeze for 10s');
  clock.advance(10_000);
  assert.deepEqual(listing(book), ['x control expired']);
  const again = await book.arm('x', 'disk freeze for 10s');
  assert.ok(again.kind === 'armed');
  assert.equal(again.fault.state, 'armed');
  assert.equal(again.fault.remainingMs, 10_000);
  assert.deepEqual(plane.armed, ['x: freeze']);
});

test("the same name in annotation, control and command line is the annotation's, then the next one's", async (t) => {
  const { book, plane, clock, events } = await openedBook(t);
  await book.setLocal([{ name: 'x', sentence: 'disk latency 1s for 1h' }]);
  await book.arm('x', 'disk readonly for 1m');
  await book.setAnnotations(annotations({ x: 'disk freeze' }));
  assert.deepEqual(listing(book), ['x annotation armed', 'x control shadowed', 'x local shadowed']);
  assert.deepEqual(plane.armed, ['x: freeze']);
  clock.advance(10_000);
  await book.setAnnotations(annotations({}));
  assert.deepEqual(plane.armed, ['x: readonly']);
  assert.equal(book.list()[0]?.remainingMs, 50_000);
  await book.disarm('x');
  assert.deepEqual(listing(book), ['x local disarmed']);
  assert.deepEqual(plane.armed, []);
  assert.deepEqual(
    events.map(({ kind, source, reason }) => [kind, source, reason]),
    [
      ['armed', 'local', null],
      ['disarmed', 'local', 'shadowed'],
      ['armed', 'control', null],
      ['disarmed', 'control', 'shadowed'],
      ['armed', 'annotation', null],
      ['disarmed', 'annotation', 'removed'],
      ['armed', 'control', null],
      ['disarmed', 'control', 'removed'],
    ],
  );
});

test('a shadowed fault expires in the shadow', async (t) => {
  const { book, plane, clock } = await openedBook(t);
  await book.arm('x', 'disk readonly for 1m');
  await book.setAnnotations(annotations({ x: 'disk freeze for 1h' }));
  clock.advance(60_000);
  await book.setAnnotations(annotations({}));
  assert.deepEqual(listing(book), ['x control expired']);
  assert.deepEqual(plane.armed, []);
});

test('an annotation whose sentence becomes bad disarms what it was, and keeps the name', async (t) => {
  const { book, plane, events } = await openedBook(t);
  await book.arm('x', 'disk readonly');
  await book.setAnnotations(annotations({ x: 'disk freeze' }));
  await book.setAnnotations(annotations({ x: 'disk freze' }));
  assert.deepEqual(listing(book), ['x annotation refused', 'x control shadowed']);
  assert.equal(book.list()[0]?.problems[0]?.nearest, 'freeze');
  assert.deepEqual(plane.armed, []);
  assert.deepEqual(
    events.map(({ kind, source, reason }) => [kind, source, reason]),
    [
      ['armed', 'control', null],
      ['disarmed', 'control', 'shadowed'],
      ['armed', 'annotation', null],
      ['disarmed', 'annotation', 'replaced'],
      ['refused', 'annotation', null],
    ],
  );
});

test('a torn annotation is refused, and is said to be torn', async (t) => {
  const { book } = await openedBook(t);
  await book.setAnnotations(annotations({ x: null }));
  assert.equal(book.list()[0]?.problems[0]?.code, 'torn-annotation');
});

test("disarm() keeps an annotation's fault off until the annotation changes", async (t) => {
  const { book, plane } = await openedBook(t);
  const said = annotations({ x: 'disk freeze' });
  await book.setAnnotations(said);
  assert.equal(await book.disarm('x'), true);
  await book.setAnnotations(said);
  assert.deepEqual(listing(book), ['x annotation disarmed']);
  assert.equal(book.list()[0]?.reason, 'asked');
  assert.deepEqual(plane.armed, []);
  await book.setAnnotations(annotations({ x: 'disk readonly' }));
  assert.deepEqual(plane.armed, ['x: readonly']);
});

test('disarm() says when there is no such name', async (t) => {
  const { book, plane } = await openedBook(t);
  assert.equal(await book.disarm('x'), false);
  assert.deepEqual(plane.plans, []);
});

test('disarmAll() ends every fault, whoever asked for it', async (t) => {
  const { book, plane } = await openedBook(t);
  await book.setAnnotations(annotations({ a: 'disk freeze' }));
  await book.setLocal([{ name: 'b', sentence: 'disk freeze' }]);
  await book.arm('c', 'disk freeze');
  await book.disarmAll();
  assert.deepEqual(listing(book), ['a annotation disarmed', 'b local disarmed']);
  assert.deepEqual(plane.armed, []);
});

const many = (count: number, first = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index + first}`, 'disk freeze']));

test('the 65th fault is refused, and is armed when another goes', async (t) => {
  const { book, plane } = await openedBook(t);
  await book.setAnnotations(annotations(many(limits.faults + 1)));
  assert.equal(plane.armed.length, limits.faults);
  assert.equal(book.list().at(-1)?.problems[0]?.code, 'too-many-faults');
  const refused = await book.arm('x', 'disk readonly');
  assert.equal(refused.kind === 'refused' && refused.problems[0]?.code, 'too-many-faults');
  await book.setAnnotations(annotations(many(limits.faults, 1)));
  assert.equal(plane.armed.length, limits.faults);
  assert.ok(book.list().every(({ state }) => state === 'armed'));
});

test('annotations go before the control endpoint where there is no room for both: its oldest give way', async (t) => {
  const { book, plane, clock, happened } = await openedBook(t);
  for (let index = 0; index < limits.faults; index++) {
    await book.arm(`mine${index}`, 'disk readonly');
    clock.advance(1);
  }
  await book.setAnnotations(annotations(many(2)));
  assert.equal(plane.armed.length, limits.faults);
  assert.ok(!plane.armed.includes('mine0: readonly') && !plane.armed.includes('mine1: readonly'));
  assert.ok(plane.armed.includes('mine2: readonly'));
  assert.deepEqual(happened.slice(-4, -2), ['disarmed mine0', 'disarmed mine1']);
  assert.ok(book.list().every(({ state }) => state === 'armed'));
  const result = await book.arm('one-more', 'disk readonly');
  assert.equal(result.kind, 'refused', 'and what is asked for later still finds no room');
});

test('a sentence that is far too long is refused, and repeated only in part by events and the log', async (t) => {
  const { book, events, longest } = await openedBook(t);
  for (let round = 0; round < 100; round++) await book.arm('long', `disk latency ${'9'.repeat(60_000)}`);
  assert.equal(events.length, 100);
  for (const event of events) assert.ok(JSON.stringify(event).length < 10_000);
  assert.ok(longest() < 10_000);
});

test("what has ended in the control's list gives way, the oldest first", async (t) => {
  const { book, clock, plane } = await openedBook(t);
  for (let index = 0; index < limits.faults; index++)
    await book.arm(`f${index}`, `disk freeze for ${index + 1}s`);
  clock.advance(3000);
  const result = await book.arm('x', 'disk readonly');
  assert.equal(result.kind, 'armed');
  const names = book.list().map(({ name }) => name);
  assert.equal(names.length, limits.faults);
  assert.ok(!names.includes('f0') && names.includes('f1') && names.includes('x'));
  assert.ok(plane.armed.includes('x: readonly'));
});

test('what is armed again is not the one to give way', async (t) => {
  const { book, clock, plane } = await openedBook(t);
  await book.arm('x', 'disk freeze for 1s');
  await book.arm('y', 'disk freeze for 2s');
  await book.setAnnotations(annotations(many(limits.faults - 2)));
  await book.setLocal([{ name: 'local', sentence: 'disk readonly' }]);
  assert.equal(book.list().filter(({ state }) => state === 'refused').length, 1);
  clock.advance(3000);
  const result = await book.arm('x', 'disk freeze for 1s');
  assert.equal(result.kind === 'armed' && result.fault.state, 'armed');
  assert.ok(plane.armed.includes('x: freeze'));
  assert.equal(plane.armed.length, limits.faults);
});

test('a slot stays with a fault while it is listed, and starts from nothing with the next', async (t) => {
  const { book, plane } = await openedBook(t);
  await book.setAnnotations(annotations({ a: 'disk freeze on write', b: 'disk freeze on fsync skip 2' }));
  plane.meet('fsync', { times: 5 });
  const slot = plane.plan.faults.find(({ name }) => name === 'b')?.slot;
  await book.setAnnotations(annotations({ c: 'disk freeze on write', b: 'disk freeze on fsync skip 2' }));
  assert.equal(plane.plan.faults.find(({ name }) => name === 'b')?.slot, slot);
  const tallies = book.list().find(({ name }) => name === 'b')?.tallies;
  assert.deepEqual(tallies, { matched: 5, injected: 3, exempted: 0, passed: 2 });
  await book.setAnnotations(annotations({ b: 'disk readonly' }));
  assert.deepEqual(book.list()[0]?.tallies, { matched: 0, injected: 0, exempted: 0, passed: 0 });
});

test('the first hit is told once, and a fault that ends says what it did', async (t) => {
  const { book, plane, clock, events } = await openedBook(t);
  await book.arm('x', 'disk freeze on fsync skip 2 for 10s');
  plane.meet('fsync', { times: 2 });
  clock.advance(1000);
  plane.meet('fsync');
  clock.advance(1000);
  plane.meet('fsync');
  const expired = nextEvent(book, 'expired');
  clock.advance(10_000);
  await expired;
  assert.deepEqual(
    events.map(({ kind, tallies }) => [kind, tallies?.matched, tallies?.injected]),
    [
      ['armed', 0, 0],
      ['hit', 3, 1],
      ['expired', 4, 2],
    ],
  );
});

test('each fault has dice of its own, the same wherever the same seed is given', async (t) => {
  const first = await openedBook(t);
  const second = await openedBook(t);
  await first.book.arm('a', 'disk freeze chance 50%');
  await first.book.arm('b', 'disk freeze chance 50%');
  await first.book.arm('c', 'disk freeze chance 50% seed 42');
  await second.book.arm('b', 'disk freeze chance 50%');
  const [a, b, c] = first.plane.plan.faults.map(({ seed }) => seed);
  assert.notEqual(a, b);
  assert.equal(c, 42);
  assert.equal(second.plane.plan.faults[0]?.seed, b);
});
