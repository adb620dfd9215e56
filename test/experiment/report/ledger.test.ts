/** What is said of a run's ledger: of the data, and of the writes while faults were on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import type { RunEvent } from '../../../experiment/journal/events.js';
import { readJournal } from '../../../experiment/journal/read-journal.js';
import { htmlOf } from '../../../experiment/report/html/page.js';
import { junitOf } from '../../../experiment/report/junit.js';
import { unavailableWords } from '../../../experiment/report/ledger-words.js';
import { markdownOf } from '../../../experiment/report/markdown.js';
import { reportOf } from '../../../experiment/report/report.js';
import { summaryOf } from '../../../experiment/report/summary.js';
import { behind, type Line, lostWrites, passed, reportOfLines, textOf } from './journals.js';

const pageOf = (lines: readonly Line[]) => {
  const reading = readJournal(textOf(lines));
  assert.ok(reading.kind === 'journal', JSON.stringify(reading));
  return parseHTML(htmlOf(reportOf(reading.journal, 'a'), reading.journal)).document;
};

test('writes are counted phase by phase, a second, with the usual and the worst latency', () => {
  const { ledger } = reportOfLines(lostWrites);
  assert.deepEqual(ledger?.phases.before, {
    ...{ acknowledged: 160, refused: 0, unknown: 2, perSecond: 160 / 0.89, medianMs: 4, worstP99Ms: 40 },
  });
  assert.deepEqual(ledger.phases.during, {
    ...{ acknowledged: 90, refused: 23, unknown: 3, perSecond: 90 / 3.11, medianMs: 8, worstP99Ms: 80 },
  });
  assert.deepEqual(ledger.unavailable, [{ fromMs: 2000, toMs: 3500 }]);
});

test('data that is gone is what did not hold, whatever else did', () => {
  const { failed, meaning } = summaryOf(reportOfLines(lostWrites));
  assert.deepEqual(failed, ['Data lost: 3 of 340 acknowledged writes are lost']);
  assert.match(meaning, /^The database did not keep what it had promised to keep/);
});

test('the page has a section of the ledger, and its writes in the timeline', () => {
  const document = pageOf(lostWrites);
  const section = document.querySelector('section[aria-labelledby=ledger]');
  const rows = [...(section?.querySelectorAll('tbody tr') ?? [])].map((row) => row.textContent?.trim());
  assert.ok(
    rows.includes('lostsuch as 7 (3.0 s of the ledger), 8 (3.0 s of the ledger), 9 (3.0 s of the ledger)3'),
  );
  assert.ok(rows.includes('without an answer2 are there, which is right either way6'));
  assert.match(
    section?.querySelector('p')?.textContent ?? '',
    /^Lost: 3 of 340 acknowledged writes are lost. No write was acknowledged for 1.50 s, from 2.0 s on.$/,
  );
  assert.equal(document.querySelectorAll('#wide .writes').length, 6);
  assert.equal(document.querySelectorAll('#wide .unavailable').length, 1);
  assert.equal(pageOf(passed).querySelector('#ledger'), null);
});

test('registers, and writes that are too few, are told beside the data', () => {
  const report = reportOfLines(behind);
  const { held, failed } = summaryOf(report);
  assert.ok(held.includes('Data intact: all 340 acknowledged writes are there'));
  assert.ok(held.includes('Registers linearizable, by 1234 operations'));
  const rate = '28.1 acknowledged writes a second while faults were on; expected at least 40';
  assert.deepEqual(failed, [`The ledger had ${rate}: too few to prove anything`]);
  const section = pageOf(behind).querySelector('section[aria-labelledby=ledger]');
  const rows = [...(section?.querySelectorAll('tbody tr') ?? [])].map((row) => row.textContent?.trim());
  assert.ok(rows.includes('operations on registerslinearizable1,234'), rows.join('\n'));
  assert.ok(section?.textContent?.includes(rate));
  const markdown = markdownOf(report);
  assert.match(markdown, /\| operations on registers \| 1,234 \| linearizable \|/);
  assert.ok(markdown.includes(rate));
  const illegal = behind.map(
    ([atMs, one]): Line =>
      one.type === 'ledger-read'
        ? [atMs, { ...one, result: { ...one.result, registers: 'Illegal', illegalRegisters: [3, 5] } }]
        : [atMs, one],
  );
  assert.match(markdownOf(reportOfLines(illegal)), /\| not linearizable, such as register 3, 5 \|/);
  assert.ok(
    summaryOf(reportOfLines(illegal)).failed.includes('Registers not linearizable, by 1234 operations'),
  );
});

test('a probe of the ledger has no latency: how long it takes to ask says nothing', () => {
  const ofLedger = passed.map(
    ([atMs, one]): Line =>
      one.type === 'run-began'
        ? [
            atMs,
            {
              ...one,
              expected: {
                ...one.expected,
                probes: one.expected.probes.map((probe) => ({ ...probe, kind: 'ledger' })),
              },
            },
          ]
        : [atMs, one],
  );
  assert.equal(reportOfLines(ofLedger).probes[0]?.phases.during.latency, null);
  const text = pageOf(ofLedger).body.textContent ?? '';
  assert.doesNotMatch(text, /latency of page|latency p50/);
  assert.match(pageOf(passed).body.textContent ?? '', /latency of page.*latency p50/s);
});

test('how far a replica is behind is drawn over time, and told phase by phase', () => {
  const { replication } = reportOfLines(behind);
  const values = (['before', 'during', 'after'] as const).map((phase) => replication?.phases[phase].values);
  assert.deepEqual(values, [
    { least: 0.1, most: 0.2 },
    { least: 0.1, most: 2.5 },
    { least: 0, most: 1.25 },
  ]);
  const document = pageOf(behind);
  assert.equal(document.querySelectorAll('#wide .value-line').length, 1);
  assert.equal(document.querySelectorAll('#wide circle.value').length, 8);
  assert.match(
    document.querySelector('section[aria-labelledby=impact]')?.textContent ?? '',
    /value, least to most0.1 to 0.20.1 to 2.50 to 1.25/,
  );
  assert.equal(pageOf(passed).querySelector('.value-line'), null);
});

test('JUnit and Markdown tell it: lost is a failure, not read back an error', () => {
  assert.match(
    junitOf(reportOfLines(lostWrites)),
    /<testcase name="the ledger finds the data intact"[^>]*>\s*<failure type="DataLost" message="3 of 340/,
  );
  const gone: RunEvent = { type: 'ledger-unread', message: 'gone' };
  const unread = lostWrites.map(([atMs, one]): Line => [atMs, one.type === 'ledger-read' ? gone : one]);
  assert.match(junitOf(reportOfLines(unread)), /<error type="DataUnknown" message="gone"/);
  assert.match(markdownOf(reportOfLines(unread)), /\*\*Ledger: Unknown\.\*\* gone\. /);
  assert.match(markdownOf(reportOfLines(lostWrites)), /\| a second \| 180 \| 29 \| 100 \|/);
  assert.doesNotMatch(junitOf(reportOfLines(passed)), /ledger/);
});

test('times without writes are said by how many, how long in all, and the longest', () => {
  assert.equal(unavailableWords([]), 'Writes were acknowledged all the time');
  assert.equal(
    unavailableWords([
      { fromMs: 1000, toMs: 2000 },
      { fromMs: 5000, toMs: 9000 },
    ]),
    'No write was acknowledged in 2 spans, 5.00 s in all; the longest was 4.00 s, from 5.0 s on',
  );
});
