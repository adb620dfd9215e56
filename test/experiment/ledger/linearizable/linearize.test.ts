/** The checker against histories with known answers, and against every order of small ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Linearizability,
  linearize,
  type Model,
  type Timed,
} from '../../../../experiment/ledger/linearizable/linearize.js';
import {
  type RegisterOperation,
  type RegisterValue,
  register,
} from '../../../../experiment/ledger/linearizable/register.js';
import { SeededRandom } from '../../../seeded-random.js';
import { type MapOperation, mapHistories, publicHistories, registerHistory } from './porcupine-histories.js';

const unbounded = { isLate: () => false, mostTried: 5_000_000 };

const mapValue: Model<string, MapOperation> = {
  initial: '',
  step: (state, { kind, value }) => {
    if (kind === 'get') return value === state ? state : undefined;
    return kind === 'put' ? value : state + value;
  },
};

test('linearize() answers as Porcupine does of 102 runs of etcd and 6 of a map', () => {
  const histories = publicHistories();
  assert.equal(histories.length, 108);
  for (const { name, answer, lines } of histories) {
    const found = name.startsWith('jepsen/')
      ? linearize(register, registerHistory(lines), unbounded)
      : ofMaps([...mapHistories(lines).values()]);
    assert.equal(found, answer, name);
  }
});

/** One key that is Illegal is enough: to find that another one is too may take for ever. */
function ofMaps(histories: readonly (readonly Timed<MapOperation>[])[]): Linearizability {
  for (const mostTried of [20_000, 200_000]) {
    const answers = histories.map((history) => linearize(mapValue, history, { ...unbounded, mostTried }));
    if (answers.includes('Illegal')) return 'Illegal';
    if (!answers.includes('Unknown')) return 'Ok';
  }
  return 'Unknown';
}

type Row = readonly [name: string, answer: Linearizability, history: readonly Timed<RegisterOperation>[]];

const at = (
  calledMs: number,
  returnedMs: number,
  operation: RegisterOperation,
): Timed<RegisterOperation> => ({
  operation,
  calledMs,
  returnedMs,
});
const never = Number.POSITIVE_INFINITY;
const write = (value: string): RegisterOperation => ({ kind: 'write', value });
const read = (value: RegisterValue): RegisterOperation => ({ kind: 'read', value });
const swap = (expected: string, value: string, swapped: boolean | null): RegisterOperation => ({
  kind: 'compare-and-set',
  expected,
  value,
  swapped,
});

const rows: readonly Row[] = [
  ['nothing happened', 'Ok', []],
  ['a read sees what was written', 'Ok', [at(0, 1, write('a')), at(2, 3, read('a'))]],
  ['a read does not see what was written', 'Illegal', [at(0, 1, write('a')), at(2, 3, read(null))]],
  ['a concurrent read sees either', 'Ok', [at(0, 5, write('a')), at(1, 2, read(null)), at(3, 4, read('a'))]],
  ['time goes back', 'Illegal', [at(0, 9, write('a')), at(1, 2, read('a')), at(3, 4, read(null))]],
  [
    'a write without an answer is seen later',
    'Ok',
    [at(0, never, write('a')), at(5, 6, read(null)), at(7, 8, read('a'))],
  ],
  ['a write without an answer is never seen', 'Ok', [at(0, never, write('a')), at(5, 6, read(null))]],
  ['a value that nobody wrote', 'Illegal', [at(0, 1, read('ghost'))]],
  [
    'two that swapped the same value',
    'Illegal',
    [at(0, 1, write('a')), at(2, 5, swap('a', 'b', true)), at(2, 5, swap('a', 'c', true))],
  ],
  [
    'one that swapped and one that did not',
    'Ok',
    [at(0, 1, write('a')), at(2, 5, swap('a', 'b', true)), at(2, 5, swap('a', 'c', false))],
  ],
  [
    'a swap without an answer, seen',
    'Ok',
    [at(0, 1, write('a')), at(2, never, swap('a', 'b', null)), at(3, 4, read('b'))],
  ],
  ['a call at the moment of a return is concurrent', 'Ok', [at(0, 1, write('a')), at(1, 2, read(null))]],
];

for (const [name, answer, history] of rows)
  test(`linearize() is ${answer} when ${name}`, () => {
    assert.equal(linearize(register, history, unbounded), answer);
  });

test('linearize() answers as trying every order does, for random small histories', (t) => {
  const seed = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`TEST_SEED=${seed}`);
  const random = new SeededRandom(seed);
  const upTo = (bound: number): number => random.integer(bound);
  const seen: Record<string, number> = {};
  for (let round = 0; round < 2_000; round += 1) {
    const history = Array.from({ length: 1 + upTo(6) }, (): Timed<RegisterOperation> => {
      const calledMs = upTo(12);
      const value = String(upTo(2));
      const kind = upTo(3);
      const returnedMs = upTo(6) === 0 && kind > 0 ? never : calledMs + upTo(8);
      if (kind === 0) return at(calledMs, returnedMs, read(upTo(4) === 0 ? null : value));
      if (kind === 1) return at(calledMs, returnedMs, write(value));
      return at(
        calledMs,
        returnedMs,
        swap(String(upTo(2)), value, returnedMs === never ? null : upTo(2) === 0),
      );
    });
    const answer = linearize(register, history, unbounded);
    seen[answer] = (seen[answer] ?? 0) + 1;
    assert.equal(answer, hasOrder(history, register.initial) ? 'Ok' : 'Illegal', JSON.stringify(history));
  }
  assert.ok((seen['Ok'] ?? 0) > 100 && (seen['Illegal'] ?? 0) > 100, JSON.stringify(seen));
});

test('linearize() is Unknown when its time is over, or its memory', () => {
  const writes = Array.from({ length: 14 }, (_, index) => at(0, 100, write(`${index}`)));
  const history = [...writes, at(101, 102, read('ghost'))];
  assert.equal(linearize(register, history, { isLate: () => true, mostTried: 5_000_000 }), 'Unknown');
  assert.equal(linearize(register, history, { isLate: () => false, mostTried: 100 }), 'Unknown');
});

/** What may come next is what was called before the first of the rest returned. */
function hasOrder(rest: readonly Timed<RegisterOperation>[], state: RegisterValue): boolean {
  if (rest.length === 0) return true;
  const firstReturnMs = Math.min(...rest.map(({ returnedMs }) => returnedMs));
  return rest.some((one) => {
    const after = one.calledMs <= firstReturnMs ? register.step(state, one.operation) : undefined;
    return (
      after !== undefined &&
      hasOrder(
        rest.filter((other) => other !== one),
        after,
      )
    );
  });
}
