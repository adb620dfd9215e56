/** The annotation by which `havock8s stop` switches off what was armed within a pod. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotations, listing, openedRegistry, startedMs } from './opened-registry.js';

test('what was armed within the pod before its time is off, what is annotated stays', async (t) => {
  const { registry, applier, happened } = await openedRegistry(t);
  await registry.arm('hand', 'disk freeze');
  await registry.setAnnotations(annotations({ slow: 'disk latency 1s' }, startedMs));
  assert.deepEqual(listing(registry), ['slow annotation armed']);
  assert.deepEqual(applier.armed, ['slow: latency']);
  assert.ok(happened.includes('disarmed hand'), happened.join());
});

test('what is armed after its time goes on, whatever else is annotated then', async (t) => {
  const { registry, applier, clock } = await openedRegistry(t);
  await registry.setAnnotations(annotations({}, startedMs));
  clock.advance(1);
  await registry.arm('hand', 'disk freeze');
  await registry.setAnnotations(annotations({ slow: 'disk latency 1s' }, startedMs));
  assert.deepEqual([...applier.armed].toSorted(), ['hand: freeze', 'slow: latency']);
});

test('one that was off stays off in the next life, and one that waited behind an annotation does not take over', async (t) => {
  const first = await openedRegistry(t);
  await first.registry.setAnnotations(annotations({ x: 'disk latency 1s' }));
  await first.registry.arm('x', 'disk freeze');
  assert.deepEqual(listing(first.registry), ['x annotation armed', 'x control shadowed']);
  await first.registry.setAnnotations(annotations({}, startedMs));
  assert.deepEqual([listing(first.registry), first.applier.armed], [[], []]);
  const { stateDirectory, clock } = first;
  const next = await openedRegistry(t, { stateDirectory, clock });
  assert.deepEqual(listing(next.registry), []);
});

test('a life that ended before it heard of it hears of it in the next', async (t) => {
  const first = await openedRegistry(t);
  await first.registry.arm('hand', 'disk freeze');
  const { stateDirectory, clock } = first;
  const next = await openedRegistry(t, { stateDirectory, clock });
  assert.deepEqual(listing(next.registry), ['hand control armed']);
  await next.registry.setAnnotations(annotations({}, startedMs));
  assert.deepEqual(listing(next.registry), []);
});
