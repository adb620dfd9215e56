import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accounts, archivedFor, archiveRows, entryOf, isSame } from '../../../dev/demo/entry.js';

test('an entry follows from its number alone', () => {
  assert.ok(isSame(entryOf(7), entryOf(7)));
  assert.ok(!isSame(entryOf(7), { ...entryOf(8), id: 7 }));
});

test('entries name accounts and archived rows that exist', () => {
  for (let id = 1; id <= 1000; id += 1) {
    assert.ok(entryOf(id).account >= 0 && entryOf(id).account < accounts);
    assert.ok(archivedFor(id) >= 1 && archivedFor(id) <= archiveRows);
  }
});
