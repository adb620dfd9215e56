import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlLimitsWithin } from '../../../sidecar/control/control-limits.js';
import { controlConnections, DescriptorBudget } from '../../../sidecar/proxy/descriptor-budget.js';

/** As a volume and a network have it, whose process may have 1024. */
const small = { limit: 1024, volumes: 1, hasNetwork: true, hasReadOnlyPort: false };

function openAll(budget: DescriptorBudget): number {
  let opened = 0;
  for (; budget.hasRoomToOpen; opened++) budget.count('handles', 1);
  return opened;
}

function pinAll(budget: DescriptorBudget): number {
  let pinned = 0;
  for (; budget.hasRoomToPin; pinned++) budget.count('inodes', 1);
  return pinned;
}

function connectAll(budget: DescriptorBudget): number {
  let connected = 0;
  for (; budget.hasRoomToConnect; connected++) budget.count('sockets', 2);
  return connected;
}

for (const limit of [256, 512, 1024, 4096, 20_000, 524_288, 1_048_576])
  for (const hasNetwork of [false, true])
    test(`of ${limit} descriptors ${hasNetwork ? 'with' : 'without'} a network the process keeps some`, () => {
      const budget = DescriptorBudget.of({ limit, volumes: 1, hasNetwork, hasReadOnlyPort: true });
      const files = openAll(budget) + pinAll(budget);
      const sockets = connectAll(budget) * 2;
      const left = limit - files - sockets;
      assert.ok(left >= Math.min(128, limit / 4), `${files} files, ${sockets} sockets, ${left} left`);
      assert.ok(files > limit / 4);
      assert.ok(!hasNetwork || sockets >= limit / 32);
    });

test('without a volume connections get all that there is to share', () => {
  const budget = DescriptorBudget.of({ limit: 20_000, volumes: 0, hasNetwork: true, hasReadOnlyPort: false });
  assert.ok(connectAll(budget) >= 9800);
});

test('a process without any limit is given one', () => {
  assert.ok(DescriptorBudget.of({ ...small, limit: 2 ** 64 }).hasRoomToOpen);
});

test('when files have taken all, there is still room to pin those that lose their name, and to connect', () => {
  const budget = DescriptorBudget.of(small);
  assert.ok(openAll(budget) > small.limit / 2);
  assert.ok(pinAll(budget) >= 50);
  assert.ok(connectAll(budget) >= 50);
});

test('when connections have taken all, files can still be opened', () => {
  const budget = DescriptorBudget.of(small);
  assert.ok(connectAll(budget) > 250);
  assert.ok(openAll(budget) > 100);
});

test('what files do not use, connections get; and what they give back', () => {
  const [idle, busy] = [DescriptorBudget.of(small), DescriptorBudget.of(small)];
  const files = openAll(busy);
  const most = connectAll(idle);
  assert.ok(connectAll(busy) < most / 4);
  busy.count('handles', -files);
  assert.ok(connectAll(busy) > most / 2);
});

test('inodes keep descriptors while there are plenty, and a few always', () => {
  const budget = DescriptorBudget.of(small);
  assert.ok(budget.hasRoomToKeep);
  budget.count('handles', 400);
  assert.ok(budget.hasRoomToKeep);
  budget.count('inodes', 100);
  assert.equal(budget.hasRoomToKeep, false);
  budget.count('inodes', -100);
  openAll(budget);
  assert.equal(budget.hasRoomToKeep, false);
});

test('every thread sees what another counts', () => {
  const budget = DescriptorBudget.of(small);
  openAll(budget);
  const other = new DescriptorBudget(budget.memory);
  assert.equal(other.hasRoomToOpen, false);
  assert.equal(other.admitsFile(), false);
  assert.equal(budget.refusedFiles, 1);
});

test('the control endpoint has room for those who disarm beside those who listen, however few it may have', () => {
  for (const limit of [64, 1024, 4096, 1_048_576]) {
    const { connections, eventStreams } = controlLimitsWithin(controlConnections(limit));
    assert.ok(connections >= 16 && connections <= 256);
    assert.ok(eventStreams >= 4 && eventStreams <= connections / 4);
  }
});
