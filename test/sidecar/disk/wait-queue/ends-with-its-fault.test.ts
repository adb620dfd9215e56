/**
 * Every hold of a request, and every other part of what was decided for it, ends with its own fault and with no other.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArmedFaults } from '../../../../faults/armed-faults.js';
import type { DiskDecision } from '../../../../faults/decision.js';
import { armedFaultsOf } from '../../../faults/armed-faults-of.js';
import { queueOnClock, stat, wait } from './queue-on-clock.js';

const delayed = { delays: [{ slot: 0, ms: 200 }] } as const;
const frozen = { freezes: [{ slot: 0 }] } as const;

/** Two faults of a kind that hold one request: it goes on with the end of the second, whichever that is. */
const pairs: Readonly<Record<string, readonly [sentences: readonly string[], Partial<DiskDecision>]>> = {
  latencies: [
    ['disk latency 1h', 'disk latency 50m'],
    {
      delays: [
        { slot: 0, ms: 3_600_000 },
        { slot: 1, ms: 3_000_000 },
      ],
    },
  ],
  freezes: [['disk freeze', 'disk freeze on all'], { freezes: [{ slot: 0 }, { slot: 1 }] }],
  throttles: [
    ['disk throttle 1 iops', 'disk throttle 2 iops'],
    {
      throttles: [
        { slot: 0, unit: 'operations', perSecond: 1 },
        { slot: 1, unit: 'operations', perSecond: 2 },
      ],
    },
  ],
  'a latency and a freeze': [
    ['disk latency 1h', 'disk freeze'],
    { delays: [{ slot: 0, ms: 3_600_000 }], freezes: [{ slot: 1 }] },
  ],
  'a throttle and a latency': [
    ['disk throttle 1 iops', 'disk latency 1h'],
    { throttles: [{ slot: 0, unit: 'operations', perSecond: 1 }], delays: [{ slot: 1, ms: 3_600_000 }] },
  ],
};

for (const [name, [sentences, decision]] of Object.entries(pairs))
  for (const first of [0, 1])
    test(`of two ${name} each holds a request until its own end; the one in slot ${first} ends first`, (t) => {
      const waiting = queueOnClock(t);
      const armed = armedFaultsOf(...sentences);
      waiting.queue.follow(armed);
      for (let other = 2; other <= 9; other++) wait(waiting, stat(other), decision);
      wait(waiting, stat(1), decision);
      waiting.advance(1000);
      waiting.queue.follow(without(armed, first));
      waiting.advance(1000);
      assert.equal(waiting.happened().includes('1'), false);
      waiting.queue.follow(armedFaultsOf());
      assert.equal(waiting.happened().at(-1), '1');
    });

for (const [ends, afterMs] of [
  [0, 1],
  [1, 60_000],
] as const)
  test(`of delays of 60 s and 1 ms, what is left of one when the other ends is its own, slot ${ends}`, (t) => {
    const waiting = queueOnClock(t);
    const armed = armedFaultsOf('disk latency 60s', 'disk latency 1ms');
    waiting.queue.follow(armed);
    wait(waiting, stat(1), {
      delays: [
        { slot: 0, ms: 60_000 },
        { slot: 1, ms: 1 },
      ],
    });
    waiting.queue.follow(without(armed, ends));
    waiting.advance(afterMs - 1);
    assert.deepEqual(waiting.happened(), []);
    waiting.advance(1);
    assert.deepEqual(waiting.happened(), ['1']);
  });

test('a delay that has passed already when the other part ends lets go at once', (t) => {
  const waiting = queueOnClock(t);
  const armed = armedFaultsOf('disk latency 60s', 'disk latency 1ms');
  waiting.queue.follow(armed);
  wait(waiting, stat(1), {
    delays: [
      { slot: 0, ms: 60_000 },
      { slot: 1, ms: 1 },
    ],
  });
  waiting.advance(10);
  waiting.queue.follow(without(armed, 0));
  assert.deepEqual(waiting.happened(), ['1']);
});

for (const gone of [[], [1], [2], [1, 2]] as const)
  test(`of two errors the first that is still armed answers; gone meanwhile: ${gone.join(' and ') || 'none'}`, (t) => {
    const waiting = queueOnClock(t);
    const armed = armedFaultsOf('disk latency 200ms', 'disk error EIO', 'disk readonly');
    const refusals = [
      { slot: 1, errno: 'EIO' },
      { slot: 2, errno: 'EROFS' },
    ] as const;
    waiting.queue.follow(armed);
    wait(waiting, stat(1), { ...delayed, refusals });
    waiting.queue.follow(without(armed, ...gone));
    waiting.advance(200);
    assert.deepEqual(
      waiting.last()?.decision?.refusals,
      refusals.filter(({ slot }) => !gone.some((one) => one === slot)),
    );
  });

test('a fault counts as a hit when it begins to hold a request, and not when it has ended before', (t) => {
  const waiting = queueOnClock(t);
  const armed = armedFaultsOf('disk latency 200ms', 'disk freeze', 'disk throttle 10 iops');
  const decision = {
    ...delayed,
    freezes: [{ slot: 1 }],
    throttles: [{ slot: 2, unit: 'operations', perSecond: 10 }],
  } as const;
  waiting.queue.follow(armed);
  wait(waiting, stat(1), decision);
  assert.deepEqual(waiting.held().toSorted(), [0, 1, 2]);
  waiting.queue.follow(without(armed, 1));
  wait(waiting, stat(2), decision);
  assert.deepEqual(waiting.held().toSorted(), [0, 2]);
});

test('the next fault in a slot is not taken for the one before it', (t) => {
  const waiting = queueOnClock(t);
  const next = (version: number): ArmedFaults => ({
    version,
    faults: armedFaultsOf('disk freeze on write').faults.map((fault) => ({ ...fault, endsMs: 2000 })),
  });
  const decision = { ...frozen, version: 1, refusals: [{ slot: 0, errno: 'EIO' }] } as const;
  waiting.queue.follow(armedFaultsOf('disk freeze'));
  wait(waiting, stat(1), decision);
  waiting.queue.follow(next(2));
  assert.deepEqual(waiting.happened(), ['1']);
  assert.deepEqual(waiting.last()?.decision?.refusals, []);
  wait(waiting, stat(2), decision);
  assert.deepEqual(waiting.happened(), ['2'], 'decided before the next fault was armed');
  waiting.held();
  wait(waiting, stat(3), { ...decision, version: 2 });
  waiting.queue.follow(next(3));
  assert.deepEqual(waiting.happened(), [], 'armed on, under a later version');
  assert.deepEqual(waiting.held(), [0]);
});

test('the next throttle in a slot has tokens of its own', (t) => {
  const waiting = queueOnClock(t);
  waiting.queue.follow(armedFaultsOf('disk throttle 1 iops'));
  const slow = { throttles: [{ slot: 0, unit: 'operations', perSecond: 1 }] } as const;
  for (const unique of [1, 2]) wait(waiting, stat(unique), slow);
  assert.deepEqual(waiting.happened(), ['1']);
  waiting.queue.follow({ ...armedFaultsOf('disk throttle 10 iops'), version: 2 });
  assert.deepEqual(waiting.happened(), ['2']);
  const fast = { version: 2, throttles: [{ slot: 0, unit: 'operations', perSecond: 10 }] } as const;
  for (let unique = 3; unique <= 10; unique++) wait(waiting, stat(unique), fast);
  waiting.happened();
  waiting.advance(500);
  assert.equal(waiting.happened().length, 5);
});

const without = (armed: ArmedFaults, ...slots: readonly number[]): ArmedFaults => ({
  version: armed.version + 1,
  faults: armed.faults.filter(({ slot }) => !slots.includes(slot)),
});
