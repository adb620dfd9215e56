import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { hasCode } from '../../../core/havoc-error.js';
import { HistoryFile, readHistory } from '../../../experiment/ledger/history-file.js';
import { historyOf } from './history-of.js';

describe('the history of a ledger on disk', () => {
  const { beginning } = historyOf({});
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'havock8s-ledger-')), 'state');
    path = join(folder, 'ledger.jsonl');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

  test('is read as it was written', async () => {
    const file = new HistoryFile(folder, beginning);
    file.write({ number: 2, outcome: 'acknowledged', startedMs: 1.5, tookMs: 2 }, null);
    file.write({ number: 1, outcome: 'refused', startedMs: 1, tookMs: 9 }, 'disk full');
    file.flawedRead({ number: 2, flaw: 'missing', startedMs: 8 });
    const call = {
      register: 3,
      operation: { kind: 'compare-and-set', expected: '1', value: '2', swapped: null },
      calledMs: 9,
      returnedMs: null,
    } as const;
    file.registerCall(call);
    file.end(20);
    file.close();
    const history = await readHistory(folder);
    assert.deepEqual(history.beginning, { version: 1, ...beginning });
    const { writes } = history;
    assert.deepEqual(
      [0, 1, 2, 3].map((number) => writes.outcomeOf(number)),
      [undefined, 'refused', 'acknowledged', undefined],
    );
    assert.deepEqual([writes.highest, writes.endedMs(2), writes.tookMs(1)], [2, 3.5, 9]);
    assert.deepEqual(history.flawedReads, [{ number: 2, flaw: 'missing', startedMs: 8 }]);
    assert.deepEqual(history.registerCalls, [call]);
    assert.equal(history.endedMs, 20);
  });

  test('keeps what was written before its writer was killed, and leaves out a line that was cut off', async () => {
    const file = new HistoryFile(folder, beginning);
    file.write({ number: 1, outcome: 'acknowledged', startedMs: 5, tookMs: 2 }, null);
    file.close();
    appendFileSync(path, '{"kind":"write","numb');
    const { writes, endedMs } = await readHistory(folder);
    assert.deepEqual([writes.outcomeOf(1), endedMs], ['acknowledged', 7]);
  });

  test('never holds a password', () => {
    const target = { ...beginning.target, password: 'secret' };
    new HistoryFile(folder, { ...beginning, target }).close();
    assert.doesNotMatch(readFileSync(path, 'utf8'), /secret/);
  });

  test('is not begun where another is already', () => {
    new HistoryFile(folder, beginning).close();
    assert.throws(
      () => new HistoryFile(folder, beginning),
      (error) => hasCode(error, 'ledger.state-in-use'),
    );
  });

  test('cannot be begun where the folder cannot be made', () => {
    writeFileSync(folder, '');
    assert.throws(
      () => new HistoryFile(folder, beginning),
      (error) => hasCode(error, 'ledger.state-unwritable'),
    );
  });

  for (const [name, text] of [
    ['nothing', ''],
    ['a line that is none of a ledger', '{"kind":"other"}\n{"kind":"ended","atMs":1}\n'],
    [
      'a number out of bounds',
      '{"kind":"write","number":1e15,"outcome":"refused","startedMs":0,"tookMs":0}\n\n',
    ],
  ] as const) {
    test(`is refused when it holds ${name}`, async () => {
      new HistoryFile(folder, beginning).close();
      writeFileSync(path, text);
      await assert.rejects(readHistory(folder), (error) => hasCode(error, 'ledger.state-unreadable'));
    });
  }

  test('is refused when there is none', async () => {
    await assert.rejects(readHistory(folder), (error) => hasCode(error, 'ledger.state-unreadable'));
  });
});
