import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { newExchange } from '../../../../sidecar/disk/device.js';
import { flipBits } from '../../../../sidecar/disk/effects/corrupt.js';
import { Counters } from '../../../../sidecar/disk/state/counters.js';
import { armed } from '../armed.js';
import { OpenedVolume } from '../opened-volume.js';
import { ask, handleOf, lookUp, nodeidOf, openFile, readFrame } from '../request.js';

const request = newExchange();
const counters = Counters.create();

interface Flips {
  readonly bits: number;
  readonly seed: number;
}

/** Which bits differ from none at all, of as many bytes and some behind them. */
function flipped(bytes: number, ...flips: readonly Flips[]): readonly number[] {
  const looked = request.payloadBytes.subarray(0, bytes + 64).fill(0);
  flipBits(
    counters,
    request,
    bytes,
    flips.map((flip) => ({ slot: 0, ...flip })),
  );
  const found: number[] = [];
  for (const [at, byte] of looked.entries()) {
    for (let bit = 0; byte >>> bit !== 0; bit++) if ((byte >>> bit) & 1) found.push(at * 8 + bit);
  }
  return found;
}

test('exactly as many bits are flipped as the fault says, all within what was read', () => {
  for (const bytes of [1, 2, 100, 4096]) {
    for (const bits of [1, 2, 3, 7, 8]) {
      for (let seed = 0; seed < 20; seed++) {
        const found = flipped(bytes, { bits, seed });
        assert.equal(found.length, bits, `${bits} of ${bytes} bytes, seed ${seed}`);
        assert.ok(found.every((bit) => bit < bytes * 8));
      }
    }
  }
});

test('of fewer bits than it says all are flipped', () => {
  assert.deepEqual(flipped(1, { bits: 100, seed: 1 }), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(flipped(512, { bits: 65_536, seed: 1 }).length, 4096);
});

test('the same seed flips the same bits, another seed others', () => {
  const once = flipped(4096, { bits: 20, seed: 5 });
  assert.deepEqual(flipped(4096, { bits: 20, seed: 5 }), once);
  assert.notDeepEqual(flipped(4096, { bits: 20, seed: 6 }), once);
});

test('every bit has its turn', () => {
  const seen = new Set<number>();
  for (let seed = 0; seed < 2000; seed++) for (const bit of flipped(8, { bits: 1, seed })) seen.add(bit);
  assert.equal(seen.size, 64);
});

test('two faults flip each their own, and are both counted', () => {
  counters.resetTallies(0);
  const found = flipped(65_536, { bits: 5, seed: 1 }, { bits: 3, seed: 2 });
  assert.equal(found.length, 8);
  assert.equal(counters.tallies(0).injected, 2);
});

test('what is read is flipped, and neither the file nor an empty read', (t: TestContext) => {
  const volume = OpenedVolume.open(t);
  writeFileSync(volume.path('file'), Buffer.alloc(4096));
  const file = nodeidOf(lookUp(volume, 'file'));
  const fh = handleOf(openFile(volume, file, 0));
  volume.arm(armed('disk corrupt 9 bits'));
  const read = (offset: number): number => {
    const { payload } = ask(volume, readFrame(file, fh, offset, 4096));
    return payload.reduce((bits, byte) => bits + byte.toString(2).replaceAll('0', '').length, 0);
  };
  assert.equal(read(0), 9);
  assert.equal(read(4096), 0);
  assert.equal(volume.counters.tallies(0).injected, 1);
  volume.arm({ version: 2, faults: [] });
  assert.equal(read(0), 0);
});
