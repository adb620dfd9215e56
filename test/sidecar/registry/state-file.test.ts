import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { KeptFault } from '../../../sidecar/registry/fault-record.js';
import { registryLimits } from '../../../sidecar/registry/registry-limits.js';
import { type KeptState, nothingKept, StateFile } from '../../../sidecar/registry/state-file.js';
import { collectingLog } from './collecting-log.js';
import { temporaryDirectory } from './temporary-directory.js';

const fault: KeptFault = {
  source: 'control',
  name: 'x',
  sentence: 'disk freeze',
  startedMs: 1_767_323_045_000,
  ended: null,
  slot: 3,
  seed: 4_294_967_295,
};

const seeds = { seed: 7, armings: new Map([['x', 2]]) };
const state: KeptState = { seeds, faults: [fault] };
const written = { version: 2, seed: 7, armings: [['x', 2]], faults: [fault] };

test('StateFile gives back what it kept, and leaves nothing else in the directory', async (t) => {
  const directory = await temporaryDirectory(t);
  const file = new StateFile(directory, collectingLog().log);
  file.save(nothingKept);
  for (let startedMs = 0; startedMs < 50; startedMs++)
    file.save({ seeds, faults: [{ ...fault, startedMs }] });
  await file.settled();
  assert.deepEqual(await new StateFile(directory, collectingLog().log).load(), {
    seeds,
    faults: [{ ...fault, startedMs: 49 }],
  });
  assert.deepEqual(await readdir(directory), ['faults.json']);
});

test('StateFile knows nothing where there is no file', async (t) => {
  const { log, codes } = collectingLog();
  assert.deepEqual(await new StateFile(await temporaryDirectory(t), log).load(), nothingKept);
  assert.deepEqual(codes(), []);
});

const bad: readonly (readonly [string, string])[] = [
  ['an empty file', ''],
  ['a torn file', '{"version":1,"faults":[{"source":"con'],
  ['another format', '[]'],
  ['another version', '{"version":1,"faults":[]}'],
  ['an unknown source', JSON.stringify({ ...written, faults: [{ ...fault, source: 'moon' }] })],
  ['a bad name', JSON.stringify({ ...written, faults: [{ ...fault, name: '../x' }] })],
  ['no sentence', JSON.stringify({ ...written, faults: [{ ...fault, sentence: null }] })],
  ['a start that is no time', JSON.stringify({ ...written, faults: [{ ...fault, startedMs: 1e300 }] })],
  ['an unknown end', JSON.stringify({ ...written, faults: [{ ...fault, ended: 'maybe' }] })],
  ['a slot beyond the last', JSON.stringify({ ...written, faults: [{ ...fault, slot: 64 }] })],
  ['a seed of 33 bits', JSON.stringify({ ...written, seed: 2 ** 32 })],
  ['a count of no name', JSON.stringify({ ...written, armings: [['../x', 1]] })],
  ['a fault that is a number', JSON.stringify({ ...written, faults: [7] })],
  ['a file of no sane size', ' '.repeat(registryLimits.stateFileBytes + 1)],
];

for (const [title, text] of bad) {
  test(`StateFile puts ${title} aside, logs it and starts again`, async (t) => {
    const directory = await temporaryDirectory(t);
    await writeFile(join(directory, 'faults.json'), text);
    const { log, codes } = collectingLog();
    const file = new StateFile(directory, log);
    assert.deepEqual(await file.load(), nothingKept);
    assert.deepEqual(codes(), ['faults.state-unreadable']);
    assert.equal(await readFile(join(directory, 'faults.json.unreadable'), 'utf8'), text);
    file.save(state);
    await file.settled();
    assert.deepEqual(await file.load(), state);
  });
}

test('StateFile logs what it cannot write, and goes on', async (t) => {
  const directory = join(await temporaryDirectory(t), 'later');
  const { log, codes } = collectingLog();
  const file = new StateFile(directory, log);
  file.save(state);
  await file.settled();
  assert.deepEqual(codes(), ['faults.state-unwritable']);
  await mkdir(directory);
  file.save(state);
  await file.settled();
  assert.deepEqual(await file.load(), state);
});
