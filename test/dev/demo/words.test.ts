import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutOffWords, faultWords, killWords } from '../../../dev/demo/words.js';

const tallies = (matched: number, injected: number) => ({
  matched,
  injected,
  exempted: 0,
  passed: matched - injected,
});

const met = { matched: 0, injected: 0, exempted: 0 };
const held = (connections: number, bytes: number) => ({
  effect: 'blackhole',
  tallies: tallies(connections, connections),
  traffic: { connections: { ...met, injected: connections }, bytes: { ...met, injected: bytes } },
});

test('a fault of the disk tells what it hit of what it matched', () => {
  assert.equal(
    faultWords({ effect: 'error', tallies: tallies(12_135, 2467), traffic: null }),
    'hit 2,467 of 12,135 operations',
  );
});

test('a fault that never hit anything says so', () => {
  const missed = { effect: 'error', tallies: tallies(9, 0), traffic: null };
  assert.equal(faultWords(missed), 'never hit anything, though 9 operations matched');
  const cutOff = { mostBytes: 0, caughtUpMs: 0, sameConnection: true };
  assert.equal(cutOffWords(missed, cutOff), 'never hit anything, though 9 connections matched');
});

test('a replica that was cut off tells what was held, how far it was behind, and how it came back', () => {
  const cutOff = { mostBytes: 4_641_776, caughtUpMs: 52.4, sameConnection: true };
  assert.equal(
    cutOffWords(held(1, 4_736_518), cutOff),
    'held 4.7 MB of 1 connection; replica 4.6 MB behind, level in 52 ms on the same one',
  );
  assert.match(
    cutOffWords(held(2, 1), { ...cutOff, caughtUpMs: 1240 }),
    /2 connections; .* level in 1\.2 s on the same/,
  );
  assert.match(cutOffWords(held(1, 1), { ...cutOff, sameConnection: false }), /on a new one$/);
  assert.match(cutOffWords(held(1, 1), { ...cutOff, caughtUpMs: null }), /behind, not level yet$/);
});

test('a partition tells of the packets that it dropped', () => {
  const cutOff = { mostBytes: 2_100_000, caughtUpMs: 29, sameConnection: true };
  const dropped = { effect: 'partition', tallies: tallies(77, 77), traffic: null };
  assert.equal(
    cutOffWords(dropped, cutOff),
    'dropped 77 packets; replica 2.1 MB behind, level in 29 ms on the same connection',
  );
  const missed = { ...dropped, tallies: tallies(0, 0) };
  assert.equal(cutOffWords(missed, cutOff), 'never hit anything, though 0 packets matched');
});

test('a killed fault proxy tells how often it came back', () => {
  assert.equal(killWords(3), 'started again 3 times');
});
