import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DiskVerb, diskVerbs } from '../../faults/operation.js';
import { parse } from '../../faults/parse.js';
import { verbsOf } from '../../faults/verbs.js';

function verbsIn(sentence: string): readonly DiskVerb[] {
  const parsed = parse(sentence);
  assert.ok(parsed.kind === 'fault' && parsed.fault.plane === 'disk', sentence);
  return verbsOf(parsed.fault.effect, parsed.fault.match);
}

/** `[sentence, verbs]`, in the order of `diskVerbs`. */
const rows: readonly (readonly [string, readonly DiskVerb[]])[] = [
  ['disk latency 1ms', diskVerbs],
  ['disk error EIO', diskVerbs],
  ['disk freeze on all', diskVerbs],
  ['disk error EIO on read', ['read', 'copy_file_range']],
  ['disk error EIO on write', ['write', 'fallocate', 'copy_file_range']],
  ['disk error EIO on sync', ['flush', 'fsync', 'fsyncdir', 'syncfs']],
  ['disk error EIO on fsync,read', ['read', 'fsync', 'copy_file_range']],
  ['disk throttle 5 iops', ['read', 'write', 'fallocate', 'copy_file_range']],
  ['disk throttle 5 iops on fsync', ['fsync']],
  ['disk throttle 1Mi/s', ['read', 'write', 'copy_file_range']],
  ['disk throttle 1Mi/s on write', ['write', 'copy_file_range']],
  ['disk short 10', ['read', 'write', 'copy_file_range']],
  ['disk short 10 on write', ['write', 'copy_file_range']],
  ['disk corrupt 1 bits', ['read']],
  ['disk corrupt 1 bits on all', ['read']],
];

for (const [sentence, verbs] of rows) {
  test(`verbsOf() of: ${sentence}`, () => assert.deepEqual(verbsIn(sentence), verbs));
}

test('verbsOf() of meta is whatever is not of data', () => {
  const ofData = ['read', 'write', 'sync'].flatMap((group) => verbsIn(`disk error EIO on ${group}`));
  assert.deepEqual(
    verbsIn('disk error EIO on meta'),
    diskVerbs.filter((verb) => !ofData.includes(verb)),
  );
});

test('verbsOf() of full sees what grows and what frees, and on leaves out nothing that frees', () => {
  const all = verbsIn('disk full after 1Mi');
  for (const verb of ['write', 'create', 'mkdir', 'fallocate', 'unlink', 'setattr', 'statfs'] as const) {
    assert.ok(all.includes(verb), verb);
  }
  const writes = verbsIn('disk full after 1Mi on write');
  assert.ok(writes.includes('write') && writes.includes('unlink') && writes.includes('statfs'));
  assert.ok(!writes.includes('create'));
  assert.ok(!all.includes('read') && !all.includes('fsync'));
});

test('verbsOf() of readonly is whatever could change anything', () => {
  const verbs = verbsIn('disk readonly');
  for (const verb of ['write', 'open', 'create', 'unlink', 'rename', 'setattr', 'setxattr'] as const) {
    assert.ok(verbs.includes(verb), verb);
  }
  for (const verb of ['read', 'lookup', 'fsync', 'readdir', 'statfs'] as const)
    assert.ok(!verbs.includes(verb), verb);
});
