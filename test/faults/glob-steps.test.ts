/** The work of a match is bounded by what the path holds, whatever the glob; counted, since time would say little. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileGlob, type Effort } from '../../faults/glob.js';
import { limits } from '../../faults/limits.js';
import { parse } from '../../faults/parse.js';

/** Globs of a whole sentence, and names that nearly match them again and again. */
const hardGlobs: readonly (readonly [string, string])[] = [
  ['many stars', `${'*a'.repeat(250)}*b*`],
  ['a long text behind a star', `*${'a'.repeat(120)}b*`],
  ['many long texts behind stars', `${`*${'a'.repeat(40)}b`.repeat(5)}*`],
  ['many deep names', `${'**/a/'.repeat(14)}b*`],
  ['many names behind one **', `**/${'a/'.repeat(28)}b*`],
  ['stars in many names behind **', `${'**/*a*a*a/'.repeat(14)}b*`],
  ['sets and stars', `${'*[!b]'.repeat(150)}b*`],
];

const paths: readonly (readonly [string, string])[] = [
  ['one long name', 'a'.repeat(255)],
  ['names as long as they may be', new Array(16).fill('a'.repeat(255)).join('/')],
  ['as many names as there may be', new Array(2048).fill('a').join('/')],
  [
    'names of many characters',
    Array.from({ length: 4096 }, (_, at) => String.fromCharCode(0x4e00 + at)).join(''),
  ],
];

/** Words of 32 states that one character may cost: those of a whole sentence, and one more for each name. */
const mostStepsEach = limits.sentenceBytes / 32 + limits.globSegments + 1;

for (const [title, glob] of hardGlobs) {
  test(`a glob of ${title} takes steps that grow with the path alone`, () => {
    const compiled = compileGlob(glob);
    for (const [what, path] of paths) {
      const effort: Effort = { steps: 0 };
      assert.equal(compiled.matches(path, effort), false, what);
      assert.ok(effort.steps <= mostStepsEach * (path.length + 1), `${effort.steps} steps: ${what}`);
    }
  });
}

test('all that the braces of one glob spell is bounded together', () => {
  const half = limits.globSpelled / 2;
  const sentence = (glob: string) => parse(`disk freeze in "${glob}"`);
  assert.equal(sentence('{a,b}'.repeat(6)).kind, 'fault');
  const glob = `{${'1,'.repeat(31)}1}${'x'.repeat(half / 32 + 1)}{a,b}`;
  const problems = sentence(glob);
  assert.ok(problems.kind === 'problems');
  assert.match(problems.problems[0]?.message ?? '', /spell more than 8Ki of paths/);
});

test('a glob of more names than the bound is refused, and ** named as the way out', () => {
  const most = new Array(limits.globSegments).fill('a').join('/');
  assert.equal(parse(`disk freeze in ${most}`).kind, 'fault');
  assert.ok(compileGlob(most).matches(most));
  const more = parse(`disk freeze in ${most}/a`);
  assert.ok(more.kind === 'problems');
  assert.match(more.problems[0]?.message ?? '', /more than 30 names.*\*\*/);
});

test('a path that is longer than the kernel lets a program say matches no glob, and costs nothing', () => {
  const glob = compileGlob('a/**');
  const effort: Effort = { steps: 0 };
  assert.ok(glob.matches(`a/${'b'.repeat(limits.globPathUnits - 2)}`, effort));
  const { steps } = effort;
  assert.ok(!glob.matches(`a/${'b'.repeat(limits.globPathUnits - 1)}`, effort));
  assert.equal(effort.steps, steps);
});
