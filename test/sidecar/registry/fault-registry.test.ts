import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../../faults/limits.js';
import { annotations, listing, nextEvent, openedRegistry } from './opened-registry.js';

test('arm() resolves when the applier has the plan', async (t) => {
  const { registry, applier, events } = await openedRegistry(t);
  const result = await registry.arm('slow', 'disk  latency 200ms   on fsync for 5m');
  assert.ok(result.kind === 'armed');
  assert.equal(result.created, true);
  assert.equal(result.fault.sentence, 'disk latency 200ms on fsync for 5m');
  assert.equal(result.fault.remainingMs, 300_000);
  assert.deepEqual(applier.armed, ['slow: latency']);
  assert.deepEqual(
    events.map(({ kind, name, source }) => [kind, name, source]),
    [['armed', 'slow', 'control']],
  );
});

test('arm() refuses a bad sentence with its problems, and leaves what was armed under the name', async (t) => {
  const { registry, applier, happened } = await openedRegistry(t);
  await registry.arm('x', 'disk freeze');
  const result = await registry.arm('x', 'disk latncy 200ms');
  assert.ok(result.kind === 'refused');
  assert.equal(result.problems[0]?.column, 6);
  assert.equal(result.problems[0]?.nearest, 'latency');
  assert.deepEqual(applier.armed, ['x: freeze']);
  assert.deepEqual(happened, ['armed x', 'refused x']);
});

test('arm() refuses by name what no applier here can do', async (t) => {
  const { registry, applier } = await openedRegistry(t);
  const tcp = await registry.arm('split', 'tcp partition');
  const throttle = await registry.arm('thin', 'disk throttle 10 iops');
  assert.deepEqual(
    [tcp, throttle].map((result) =>
      result.kind === 'refused' ? result.problems.map(({ code, message }) => [code, message]) : [],
    ),
    [
      [['no-plane', 'tcp partition: this sidecar has no TCP proxy']],
      [['plane-refuses', 'disk throttle cannot be applied by a test']],
    ],
  );
  assert.deepEqual(applier.plans, []);
});

test('arm() again with the same fault in other white space changes nothing, its deadline neither', async (t) => {
  const { registry, applier, clock } = await openedRegistry(t);
  await registry.arm('x', 'disk freeze for 10s');
  clock.advance(4000);
  const again = await registry.arm('x', ' disk   freeze for  10s ');
  assert.ok(again.kind === 'armed');
  assert.equal(again.created, false);
  assert.equal(again.fault.remainingMs, 6000);
  assert.equal(applier.plans.length, 1);
});

test('arm() of what has ended arms it again', async (t) => {
  const { registry, applier, clock } = await openedRegistry(t);
  await registry.arm('x', 'disk freeze for 10s');
  clock.advance(10_000);
  assert.deepEqual(listing(registry), ['x control expired']);
  const again = await registry.arm('x', 'disk freeze for 10s');
  assert.ok(again.kind === 'armed');
  assert.equal(again.fault.state, 'armed');
  assert.equal(again.fault.remainingMs, 10_000);
  assert.deepEqual(applier.armed, ['x: freeze']);
});

test("the same name in annotation, control and command line is the annotation's, then the next one's", async (t) => {
  const { registry, applier, clock, events } = await openedRegistry(t);
  await registry.setLocal([{ name: 'x', sentence: 'disk latency 1s for 1h' }]);
  await registry.arm('x', 'disk readonly for 1m');
  await registry.setAnnotations(annotations({ x: 'disk freeze' }));
  assert.deepEqual(listing(registry), ['x annotation armed', 'x control shadowed', 'x local shadowed']);
  assert.deepEqual(applier.armed, ['x: freeze']);
  clock.advance(10_000);
  await registry.setAnnotations(annotations({}));
  assert.deepEqual(applier.armed, ['x: readonly']);
  assert.equal(registry.list()[0]?.remainingMs, 50_000);
  await registry.disarm('x');
  assert.deepEqual(listing(registry), ['x local disarmed']);
  assert.deepEqual(applier.armed, []);
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
  const { registry, applier, clock } = await openedRegistry(t);
  await registry.arm('x', 'disk readonly for 1m');
  await registry.setAnnotations(annotations({ x: 'disk freeze for 1h' }));
  clock.advance(60_000);
  await registry.setAnnotations(annotations({}));
  assert.deepEqual(listing(registry), ['x control expired']);
  assert.deepEqual(applier.armed, []);
});

test('an annotation whose sentence becomes bad disarms what it was, and keeps the name', async (t) => {
  const { registry, applier, events } = await openedRegistry(t);
  await registry.arm('x', 'disk readonly');
  await registry.setAnnotations(annotations({ x: 'disk freeze' }));
  await registry.setAnnotations(annotations({ x: 'disk freze' }));
  assert.deepEqual(listing(registry), ['x annotation refused', 'x control shadowed']);
  assert.equal(registry.list()[0]?.problems[0]?.nearest, 'freeze');
  assert.deepEqual(applier.armed, []);
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
  const { registry } = await openedRegistry(t);
  await registry.setAnnotations(annotations({ x: null }));
  assert.equal(registry.list()[0]?.problems[0]?.code, 'torn-annotation');
});

test("disarm() keeps an annotation's fault off until the annotation changes", async (t) => {
  const { registry, applier } = await openedRegistry(t);
  const said = annotations({ x: 'disk freeze' });
  await registry.setAnnotations(said);
  assert.equal(await registry.disarm('x'), true);
  await registry.setAnnotations(said);
  assert.deepEqual(listing(registry), ['x annotation disarmed']);
  assert.equal(registry.list()[0]?.reason, 'asked');
  assert.deepEqual(applier.armed, []);
  await registry.setAnnotations(annotations({ x: 'disk readonly' }));
  assert.deepEqual(applier.armed, ['x: readonly']);
});

test('disarm() says when there is no such name', async (t) => {
  const { registry, applier } = await openedRegistry(t);
  assert.equal(await registry.disarm('x'), false);
  assert.deepEqual(applier.plans, []);
});

test('disarmAll() ends every fault, whoever asked for it', async (t) => {
  const { registry, applier } = await openedRegistry(t);
  await registry.setAnnotations(annotations({ a: 'disk freeze' }));
  await registry.setLocal([{ name: 'b', sentence: 'disk freeze' }]);
  await registry.arm('c', 'disk freeze');
  await registry.disarmAll();
  assert.deepEqual(listing(registry), ['a annotation disarmed', 'b local disarmed']);
  assert.deepEqual(applier.armed, []);
});

const many = (count: number, first = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index + first}`, 'disk freeze']));

test('the 65th fault is refused, and is armed when another goes', async (t) => {
  const { registry, applier } = await openedRegistry(t);
  await registry.setAnnotations(annotations(many(limits.faults + 1)));
  assert.equal(applier.armed.length, limits.faults);
  assert.equal(registry.list().at(-1)?.problems[0]?.code, 'too-many-faults');
  const refused = await registry.arm('x', 'disk readonly');
  assert.equal(refused.kind === 'refused' && refused.problems[0]?.code, 'too-many-faults');
  await registry.setAnnotations(annotations(many(limits.faults, 1)));
  assert.equal(applier.armed.length, limits.faults);
  assert.ok(registry.list().every(({ state }) => state === 'armed'));
});

test('annotations go before the control endpoint where there is no room for both: its oldest give way', async (t) => {
  const { registry, applier, clock, happened } = await openedRegistry(t);
  for (let index = 0; index < limits.faults; index++) {
    await registry.arm(`mine${index}`, 'disk readonly');
    clock.advance(1);
  }
  await registry.setAnnotations(annotations(many(2)));
  assert.equal(applier.armed.length, limits.faults);
  assert.ok(!applier.armed.includes('mine0: readonly') && !applier.armed.includes('mine1: readonly'));
  assert.ok(applier.armed.includes('mine2: readonly'));
  assert.deepEqual(happened.slice(-4, -2), ['disarmed mine0', 'disarmed mine1']);
  assert.ok(registry.list().every(({ state }) => state === 'armed'));
  const result = await registry.arm('one-more', 'disk readonly');
  assert.equal(result.kind, 'refused', 'and what is asked for later still finds no room');
});

test('a sentence that is far too long is refused, and repeated only in part by events and the log', async (t) => {
  const { registry, events, longest } = await openedRegistry(t);
  for (let round = 0; round < 100; round++) await registry.arm('long', `disk latency ${'9'.repeat(60_000)}`);
  assert.equal(events.length, 100);
  for (const event of events) assert.ok(JSON.stringify(event).length < 10_000);
  assert.ok(longest() < 10_000);
});

test("what has ended in the control's list gives way, the oldest first", async (t) => {
  const { registry, clock, applier } = await openedRegistry(t);
  for (let index = 0; index < limits.faults; index++)
    await registry.arm(`f${index}`, `disk freeze for ${index + 1}s`);
  clock.advance(3000);
  const result = await registry.arm('x', 'disk readonly');
  assert.equal(result.kind, 'armed');
  const names = registry.list().map(({ name }) => name);
  assert.equal(names.length, limits.faults);
  assert.ok(!names.includes('f0') && names.includes('f1') && names.includes('x'));
  assert.ok(applier.armed.includes('x: readonly'));
});

test('what is armed again is not the one to give way', async (t) => {
  const { registry, clock, applier } = await openedRegistry(t);
  await registry.arm('x', 'disk freeze for 1s');
  await registry.arm('y', 'disk freeze for 2s');
  await registry.setAnnotations(annotations(many(limits.faults - 2)));
  await registry.setLocal([{ name: 'local', sentence: 'disk readonly' }]);
  assert.equal(registry.list().filter(({ state }) => state === 'refused').length, 1);
  clock.advance(3000);
  const result = await registry.arm('x', 'disk freeze for 1s');
  assert.equal(result.kind === 'armed' && result.fault.state, 'armed');
  assert.ok(applier.armed.includes('x: freeze'));
  assert.equal(applier.armed.length, limits.faults);
});

test('a slot stays with a fault while it is listed, and starts from nothing with the next', async (t) => {
  const { registry, applier } = await openedRegistry(t);
  await registry.setAnnotations(annotations({ a: 'disk freeze on write', b: 'disk freeze on fsync skip 2' }));
  applier.meet('fsync', { times: 5 });
  const slot = applier.plan.faults.find(({ name }) => name === 'b')?.slot;
  await registry.setAnnotations(annotations({ c: 'disk freeze on write', b: 'disk freeze on fsync skip 2' }));
  assert.equal(applier.plan.faults.find(({ name }) => name === 'b')?.slot, slot);
  const tallies = registry.list().find(({ name }) => name === 'b')?.tallies;
  assert.deepEqual(tallies, { matched: 5, injected: 3, exempted: 0, passed: 2 });
  await registry.setAnnotations(annotations({ b: 'disk readonly' }));
  assert.deepEqual(registry.list()[0]?.tallies, { matched: 0, injected: 0, exempted: 0, passed: 0 });
});

test('the first hit is told once, and a fault that ends says what it did', async (t) => {
  const { registry, applier, clock, events } = await openedRegistry(t);
  await registry.arm('x', 'disk freeze on fsync skip 2 for 10s');
  applier.meet('fsync', { times: 2 });
  clock.advance(1000);
  applier.meet('fsync');
  clock.advance(1000);
  applier.meet('fsync');
  const expired = nextEvent(registry, 'expired');
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
  const first = await openedRegistry(t);
  const second = await openedRegistry(t);
  await first.registry.arm('a', 'disk freeze chance 50%');
  await first.registry.arm('b', 'disk freeze chance 50%');
  await first.registry.arm('c', 'disk freeze chance 50% seed 42');
  await second.registry.arm('b', 'disk freeze chance 50%');
  const [a, b, c] = first.applier.plan.faults.map(({ seed }) => seed);
  assert.notEqual(a, b);
  assert.equal(c, 42);
  assert.equal(second.applier.plan.faults[0]?.seed, b);
});
