/** Which pages of a write through the page cache can be dropped before its reply: those that the kernel does not hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byLocks } from '../../../sidecar/disk/outdated-pages.js';

const page = 4096;

/** Bytes of a write, from and to; those dropped before the reply, and those after it. */
const rows: readonly [what: string, from: number, to: number, before: Part, after: Part][] = [
  ['one whole page', page, 2 * page, [page, 2 * page], null],
  ['whole pages', 0, 8 * page, [0, 8 * page], null],
  ['a part of a page', 10, 20, null, [10, 20]],
  ['the head of a page', 0, 100, null, [0, 100]],
  ['the tail of a page', 100, page, null, [100, page]],
  ['the tail of one page and the head of the next', 4000, 4200, [4000, page], [page, 4200]],
  ['the tail of one page and the next', 4000, 2 * page, [4000, 2 * page], null],
  ['whole pages and a head', page, 3 * page + 1, [page, 3 * page], [3 * page, 3 * page + 1]],
];

type Part = readonly [from: number, to: number] | null;

const range = (part: Part) => (part ? { offset: part[0], bytes: part[1] - part[0] } : null);

for (const [what, from, to, before, after] of rows) {
  test(what, () => {
    assert.deepEqual(byLocks(from, to - from), { beforeReply: range(before), afterReply: range(after) });
  });
}
