/**
 * What `decide` costs one operation, in nanoseconds: it stands in the way of every read and write of a
 * database. The promise is under 2 us with 64 faults armed that do not match.
 */

import type { ArmedFaults } from '../../faults/armed-faults.js';
import { compileFaults } from '../../faults/compile.js';
import { decide } from '../../faults/decide.js';
import type { DiskOperation } from '../../faults/operation.js';
import { parse } from '../../faults/parse.js';
import type { Tally } from '../../faults/tally.js';

const calls = 300_000;
const rounds = 7;

const cases: readonly (readonly [string, number, (index: number) => string])[] = [
  ['no fault', 0, () => ''],
  ['10 faults that do not match', 10, (index) => `disk latency 1ms on read in base/${index}/**`],
  ['64 faults that do not match', 64, (index) => `disk latency 1ms on read in base/${index}/**`],
  ['64 faults that do not match, by suffix', 64, (index) => `disk error EIO in **/*.wal${index}`],
  ['64 faults that do not match, by set', 64, (index) => `disk error EIO in */[!0-9]*/{a,b}*${index}`],
  ['64 faults that match', 64, () => 'disk latency 1ms on read'],
];

const plans = [
  { paths: 100, files: 'of a few files' },
  { paths: 100_000, files: 'each of another file' },
];

for (const { paths, files } of plans) {
  for (const [name, count, sentence] of cases) {
    console.log(
      `${Math.round(nanoseconds(armedFaultsOf(count, sentence), paths))
        .toString()
        .padStart(7)} ns  ${name}, operations ${files}`,
    );
  }
}

function armedFaultsOf(count: number, sentence: (index: number) => string): ArmedFaults {
  const faults = Array.from({ length: count }, (_, slot) => {
    const parsed = parse(sentence(slot));
    if (parsed.kind === 'problems') throw new Error(`${sentence(slot)}: ${parsed.problems[0]?.message}`);
    return { name: `fault-${slot}`, fault: parsed.fault, slot, seed: slot, endsMs: Number.POSITIVE_INFINITY };
  });
  return { version: 1, faults };
}

/** The median of the rounds. Paths are made before, as the disk server has them at hand. */
function nanoseconds(armed: ArmedFaults, paths: number): number {
  const compiled = compileFaults(armed);
  const context = { nowMs: 0, tally: countingTally() };
  const operations = Array.from({ length: paths }, (_, index) =>
    readOf(`pg_data/1${index % 7}/${index}_fsm`),
  );
  const round = (): number => {
    const start = process.hrtime.bigint();
    for (let call = 0; call < calls; call++) decide(compiled, operations[call % paths]!, context);
    return Number(process.hrtime.bigint() - start) / calls;
  };
  return Array.from({ length: rounds }, round).sort((one, other) => one - other)[rounds >> 1]!;
}

function countingTally(): Tally {
  const matched = new Array<number>(64).fill(0);
  return { matched: (slot) => ++matched[slot]!, exempted: () => {} };
}

function readOf(path: string): DiskOperation {
  return { plane: 'disk', verb: 'read', volume: 'data', path, modifies: false, offset: 0, bytes: 8192 };
}
