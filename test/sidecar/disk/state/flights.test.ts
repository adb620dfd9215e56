import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flights } from '../../../../sidecar/disk/state/flights.js';
import { attachVolumeState, flightSlots } from '../../../../sidecar/disk/state/volume-state.js';
import { newState } from './new-state.js';

test('what departed and did not land is owed, by whoever starts next', (t) => {
  const state = newState(t);
  const flights = new Flights(state);
  for (const [low, high] of [
    [2, 0],
    [4, 1],
    [0, 3],
  ] as const)
    flights.depart(low, high);
  flights.land(4, 1);
  const next = new Flights(attachVolumeState(state.fd));
  assert.deepEqual(next.drain().toSorted(), [
    [0, 3],
    [2, 0],
  ]);
  assert.deepEqual(next.drain(), [], 'once');
});

test('numbers that share a place are told apart, whichever lands first', (t) => {
  const flights = new Flights(newState(t));
  const apart = [2, 2 + 2 * flightSlots, 3];
  for (const low of apart) flights.depart(low, 0);
  flights.depart(2, 1);
  flights.land(2 + 2 * flightSlots, 0);
  flights.land(2, 1);
  assert.deepEqual(flights.drain().toSorted(), [
    [2, 0],
    [3, 0],
  ]);
});

test('a request that waits long keeps its place while thousands come and go', (t) => {
  const flights = new Flights(newState(t));
  flights.depart(2, 0);
  for (let low = 4; low < 6 * flightSlots; low += 2) {
    flights.depart(low, 0);
    flights.land(low, 0);
  }
  assert.deepEqual(flights.drain(), [[2, 0]]);
});

test('a request for which there is no room is not noted, and lands all the same', (t) => {
  const state = newState(t);
  const flights = new Flights(state);
  state.flights.fill(1);
  flights.depart(2, 0);
  flights.land(2, 0);
  assert.deepEqual([...new Set(state.flights)], [1]);
});
