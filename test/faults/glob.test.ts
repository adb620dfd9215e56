import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileGlob } from '../../faults/glob.js';
import { limits } from '../../faults/limits.js';
import { arbitraryGlob } from './arbitrary-fault.js';

/** `[glob, paths that match, paths that do not]`. */
const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['pg_wal', ['pg_wal'], ['', 'pg_wal/1', 'pg_walx', 'a/pg_wal']],
  ['pg_wal/**', ['pg_wal', 'pg_wal/1', 'pg_wal/a/b/.c'], ['', 'pg_wal2', 'x/pg_wal/1']],
  ['**', ['', 'a', 'a/b/c', '.hidden/x'], []],
  ['*', ['a', '.hidden'], ['', 'a/b']],
  ['**/*.wal', ['x.wal', 'a/b/x.wal', '.wal'], ['x.wal/y', 'xwal']],
  ['base/**/1259', ['base/1259', 'base/5/1259', 'base/5/6/1259'], ['base/5/1259_fsm', '1259']],
  ['**/a/**/b/**', ['a/b', 'x/a/y/b/z', 'a/a/b/b'], ['a', 'b/a', 'xa/b']],
  ['base/?', ['base/1', 'base/\u{1F600}', 'base/\ufffd'], ['base/', 'base/12', 'base/1/2']],
  ['base/[0-9]*', ['base/1', 'base/1259_fsm'], ['base/PG_VERSION', 'base/x1']],
  ['[!0-9]*', ['PG_VERSION', '.x'], ['1', '']],
  ['[^a-c]', ['d', '-'], ['a', 'b', 'c', 'dd']],
  ['[a-]', ['a', '-'], ['b']],
  ['[-a]', ['a', '-'], ['b']],
  ['[\\]\\-\\\\]', [']', '-', '\\'], ['a']],
  ['[\u{1F600}-\u{1F610}]', ['\u{1F605}'], ['\u{1F620}', 'x']],
  ['{base,global}/*', ['base/1', 'global/1'], ['basel/1', 'base,global/1']],
  ['a{b,c{d,e}}f', ['abf', 'acdf', 'acef'], ['acf', 'abcdf']],
  ['file{,.lock}', ['file', 'file.lock'], ['file.']],
  ['{a/b,c}/x', ['a/b/x', 'c/x'], ['a/x', 'b/x']],
  ['a,b', ['a,b'], ['a', 'b']],
  ['\\*\\?\\[\\{\\}\\\\', ['*?[{}\\'], ['a?[{}\\']],
  ['[{,}]', ['{', ',', '}'], ['{,}']],
  ['*a*b*', ['ab', 'xaxbx', 'aab'], ['ba', 'a']],
  ['*.*', ['.', 'a.b', '.b'], ['ab']],
  ['a b/"c"', ['a b/"c"'], ['a', 'b']],
];

for (const [glob, matching, others] of rows) {
  test(`compileGlob() of ${glob} matches what it says and nothing else`, () => {
    const compiled = compileGlob(glob);
    for (const path of matching) assert.ok(compiled.matches(path), `matches ${JSON.stringify(path)}`);
    for (const path of others) assert.ok(!compiled.matches(path), `does not match ${JSON.stringify(path)}`);
  });
}

test('compileGlob() of a glob that is not valid matches nothing', () => {
  for (const glob of ['', '/', '[', '{', '{a}', 'a/../b', '[z-a]', '/**', 'a**', '{a,b}'.repeat(200)]) {
    const compiled = compileGlob(glob);
    for (const path of ['', 'a', 'b', 'a/b', '[', '{'])
      assert.ok(!compiled.matches(path), `${glob} on ${path}`);
  }
});

test('compileGlob() takes time that grows with glob times path, however the stars stand', () => {
  const glob = compileGlob(`${'*a'.repeat(120)}*b`);
  const deep = compileGlob(`${'**/a/'.repeat(100)}b`);
  const start = performance.now();
  assert.ok(!glob.matches('a'.repeat(255)));
  assert.ok(!deep.matches(new Array(2000).fill('a').join('/')));
  assert.ok(performance.now() - start < 2000, 'exponential time would not end at all');
});

test('compileGlob() agrees with a matcher that tries everything', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 5 });
  const segment = fc.oneof(
    name.filter((text) => !text.includes('**')),
    fc.constant('**'),
  );
  const glob = fc.array(segment, { minLength: 1, maxLength: 4 });
  const path = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 5 }), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(glob, path, (segments, names) => {
      const matched = compileGlob(segments.join('/')).matches(names.join('/'));
      assert.equal(
        matched,
        tryAll(segments, names, (one, other) => tryAll([...one], [...other], isSame, '*'), '**'),
      );
    }),
    { numRuns: 5000 },
  );
});

const isSame = (glob: string, character: string): boolean => glob === '?' || glob === character;

/** Does the list match, where `star` stands for any number of items? By trying all of them. */
function tryAll(
  glob: readonly string[],
  path: readonly string[],
  matches: (glob: string, item: string) => boolean,
  star: string,
): boolean {
  const [first, ...rest] = glob;
  if (first === undefined) return path.length === 0;
  if (first === star) {
    return Array.from({ length: path.length + 1 }, (_, taken) => path.slice(taken)).some((left) =>
      tryAll(rest, left, matches, star),
    );
  }
  const [item, ...left] = path;
  return item !== undefined && matches(first, item) && tryAll(rest, left, matches, star);
}

test('compileGlob() never throws, on globs that parse and on any text', () => {
  fc.assert(
    fc.property(fc.oneof(arbitraryGlob, fc.string({ unit: 'binary' })), fc.string(), (glob, path) => {
      assert.equal(typeof compileGlob(glob).matches(path), 'boolean');
    }),
  );
});

test('the braces of a glob spell a bounded number of paths', () => {
  const choices = (count: number): string =>
    `{${Array.from({ length: count }, (_, index) => index).join(',')}}`;
  assert.ok(compileGlob(choices(limits.globAlternatives)).matches('0'));
  assert.ok(!compileGlob(choices(limits.globAlternatives + 1)).matches('0'));
});
