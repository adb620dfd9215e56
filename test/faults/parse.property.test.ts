/** What holds for every fault and every string. fast-check prints the seed of a failure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { format } from '../../faults/format.js';
import { clauseNames } from '../../faults/grammar/clauses.js';
import { parse } from '../../faults/parse.js';
import type { Problem } from '../../faults/problem.js';
import { reference } from '../../faults/reference.js';
import { arbitraryFault } from './arbitrary-fault.js';

test('parse(format(fault)) gives the fault back', () => {
  fc.assert(
    fc.property(arbitraryFault, (fault) => {
      const sentence = format(fault);
      if (Buffer.byteLength(sentence) > 1024) return;
      assert.deepEqual(parse(sentence), { kind: 'fault', fault: structuredClone(fault) }, sentence);
    }),
    { numRuns: 2000 },
  );
});

test('format(parse(sentence)) is canonical: formatting once more changes nothing', () => {
  fc.assert(
    fc.property(nearSentence, (sentence) => {
      const parsed = parse(sentence);
      if (parsed.kind !== 'fault') return;
      const canonical = format(parsed.fault);
      assert.deepEqual(parse(canonical), parsed, canonical);
    }),
    { numRuns: 2000 },
  );
});

const anyString = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 2000 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.array(fc.nat({ max: 0xffff }), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
);

const words = [
  ...[
    'disk',
    'tcp',
    '5',
    '5m',
    '30%',
    '100th',
    'EIO',
    'fsync',
    'read,',
    ',',
    '""',
    '"',
    '"\\',
    'a"b',
    '\\',
    '{',
    '[',
    '{a,b}',
  ],
  ...[
    '64Mi',
    '10Mi/s',
    'bits',
    'iops',
    'after',
    '10.0.0.1/24',
    '::1',
    'a=b',
    'node',
    '2026-02-30T00:00:00Z',
    '\u00a0',
  ],
  ...reference.effects.map(({ name }) => name),
  ...clauseNames,
];

/** Words of the language in any order: what a person gets wrong, and now and then right. */
const nearSentence = fc.oneof(
  fc.array(fc.constantFrom(...words), { maxLength: 14 }).map((said) => said.join(' ')),
  fc
    .tuple(
      fc.constantFrom('disk', 'tcp'),
      fc.constantFrom(...reference.effects),
      fc.shuffledSubarray([...reference.clauses], { maxLength: 4 }),
    )
    .map(([plane, effect, clauses]) => [plane, afterPlane(effect), ...clauses.map(clauseOf)].join(' ')),
);

const afterPlane = ({ example }: { readonly example: string }) => example.split(' ').slice(1, 4).join(' ');

/** The clause within its own example. */
function clauseOf({ name, example }: { readonly name: string; readonly example: string }): string {
  const said = example.split(' ');
  const start = said.indexOf(name);
  return said.slice(start, name === 'once' ? start + 1 : start + 2).join(' ');
}

test('parse() never throws, and gives a fault or at least one well-placed problem', () => {
  fc.assert(
    fc.property(fc.oneof(anyString, nearSentence), (sentence) => {
      const parsed = parse(sentence);
      if (parsed.kind === 'fault') return;
      assert.ok(parsed.problems.length > 0);
      for (const problem of parsed.problems) assertWellPlaced(sentence, problem);
      const columns = parsed.problems.map(({ column }) => column);
      assert.deepEqual(
        columns,
        columns.toSorted((one, other) => one - other),
      );
    }),
    { numRuns: 4000 },
  );
});

function assertWellPlaced(sentence: string, { column, length, found, message, nearest }: Problem): void {
  assert.ok(column >= 1 && column <= sentence.length + 1, `column ${column}`);
  assert.ok(length >= 1);
  assert.equal(sentence.slice(column - 1, column - 1 + length), found);
  assert.ok(message !== '' && nearest !== '');
}

test('whatever parse() calls nearest for one wrong word is right when it is put in its place', () => {
  fc.assert(
    fc.property(nearSentence, (sentence) => {
      const parsed = parse(sentence);
      if (parsed.kind === 'fault') return;
      const [problem] = parsed.problems;
      if (parsed.problems.length !== 1 || problem?.nearest === undefined || problem.code === 'unknown-clause')
        return;
      const { column, length, nearest } = problem;
      const gap = problem.found === '' ? ' ' : '';
      const mended = sentence.slice(0, column - 1) + gap + nearest + sentence.slice(column - 1 + length);
      const again = parse(mended);
      const same =
        again.kind === 'problems' &&
        again.problems.some((other) => other.code === problem.code && other.column === column);
      assert.ok(!same, `${sentence} -> ${mended}: ${JSON.stringify(again)}`);
    }),
    { numRuns: 2000 },
  );
});

test('a sentence of a mebibyte is refused without being judged', () => {
  const parsed = parse(`disk latency ${'9'.repeat(1_000_000)}ms`);
  assert.equal(parsed.kind === 'problems' && parsed.problems[0]?.code, 'sentence-too-long');
});
