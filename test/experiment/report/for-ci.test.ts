/** JUnit XML and Markdown: what CI shows of a run, and that no name in a journal can change how it reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { junitOf } from '../../../experiment/report/junit.js';
import { markdownOf } from '../../../experiment/report/markdown.js';
import { summaryOf } from '../../../experiment/report/summary.js';
import { verdicts } from '../../../experiment/verdict.js';
import { began, hostileRun, type Line, measured, passed, passedBut, reportOfLines } from './journals.js';

const casesOf = (lines: readonly Line[]): readonly string[] =>
  [
    ...junitOf(reportOfLines(lines)).matchAll(
      /<testcase name="([^"]*)"[^>]*?(?:\/>|>\s*<(\w+) type="(\w+)")/g,
    ),
  ].map(([, name, kind = 'ok', type = '']) => `${name}: ${kind} ${type}`.trim());

test('JUnit has a case for the hypothesis, each probe, each step, the recovery and the verdict', () => {
  assert.deepEqual(casesOf(passed), [
    'hypothesis holds before the first fault: ok',
    'probe page holds while faults are on: ok',
    'step hang: ok',
    'recovery within the objective: ok',
    'verdict: ok',
  ]);
  assert.match(
    junitOf(reportOfLines(passed)),
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="havock8s" tests="5" failures="0" errors="0" skipped="0" time="7.400">\n {2}<testsuite name="hanging-disk" .* timestamp="2026-11-30T20:19:09">/,
  );
});

test('JUnit: only a pass is green; what failed is a failure, what proves nothing an error', () => {
  for (const verdict of verdicts) {
    const judged = passedBut((one) => (one.type === 'judged' ? { ...one, verdict, reason: 'Why' } : one));
    const kind = { Passed: 'ok', Failed: 'failure Why' }[verdict as string] ?? 'error Why';
    assert.equal(casesOf(judged).at(-1), `verdict: ${kind}`);
  }
  assert.deepEqual(casesOf([[0, began]]), [
    'hypothesis holds before the first fault: error HypothesisNotHeldBefore',
    'verdict: error NoVerdict',
  ]);
});

test('JUnit: each part that did not hold is a case of its own', () => {
  const broken = passedBut((one) => {
    if (one.type === 'measured' && one.phase === 'during') return { ...one, outcome: 'Failed' };
    if (one.type === 'step-ended') return { ...one, outcome: 'failed', message: 'it was switched off' };
    return one.type === 'recovered' ? { ...one, tookMs: 10_001 } : one;
  });
  assert.deepEqual(casesOf(broken).slice(1, -1), [
    'probe page holds while faults are on: failure HypothesisFailed',
    'step hang: error StepFailed',
    'recovery within the objective: failure RecoveryTooSlow',
  ]);
  const few = passed.filter(([, one]) => one.type !== 'measured' || one.phase !== 'during');
  assert.equal(casesOf(few)[1], 'probe page holds while faults are on: error TooFewMeasurements');
  const gone = passed.filter(([, one]) => one.type !== 'recovered');
  assert.ok(casesOf(gone).includes('recovery within the objective: failure NotRecovered'));
});

test('where nobody was asked, nothing is said of what would have held', () => {
  const unwatched = passedBut((one) =>
    one.type === 'run-began' ? { ...one, expected: { ...one.expected, probes: [] } } : one,
  ).filter(([, one]) => one.type !== 'measured' && one.type !== 'recovered');
  assert.deepEqual(casesOf(unwatched), ['step hang: ok', 'verdict: ok']);
  const { held, failed } = summaryOf(reportOfLines(unwatched));
  assert.doesNotMatch([...held, ...failed].join('\n'), /well again/);
});

test('Markdown says the verdict first, then sentences, then the figures', () => {
  const text = markdownOf(reportOfLines(passed));
  assert.match(text, /^## ✅ Passed: hanging-disk\n\n\*\*The system held\.\*\* HypothesisHeld/);
  assert.match(
    text,
    /\| page \| during \| 4 \\\(and 1 that said nothing\\\) \| 1 \| 25% \| 50 ms \| 2\.00 s \| /,
  );
  assert.match(text, /\| hang \| disk freeze on read for 3s \| 2 of 3 \| 1\.1 s \| 4\.2 s \|/);
  assert.match(text, /\| every probe succeeds, and goes on to \| 200 ms \| 10\.0 s \|/);
  const { length } = markdownOf(
    reportOfLines([
      ...passed.slice(0, -3),
      ...Array<Line>(10_000).fill([7400, { type: 'warned', message: 'm' }]),
    ]),
  );
  assert.ok(length < 100_000, 'a summary stays one');
});

test('names from elsewhere stay text, in XML and in Markdown', () => {
  const report = reportOfLines(hostileRun, '`<b>`.jsonl');
  const [xml, text] = [junitOf(report), markdownOf(report)];
  for (const written of [xml, text]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through.
    assert.doesNotMatch(written, /<script|<\/svg|<b>|[\u0000-\u0008\u000b-\u001f\u202e\uffff]|\p{Cs}/u);
  }
  assert.doesNotMatch(xml.replace(/&(amp|lt|gt|quot|#39);/g, ''), /&/);
  assert.doesNotMatch(text, /@all/);
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  const cells = (row: string): number => row.replaceAll('\\|', '').split('|').length;
  assert.deepEqual(rows.map(cells).slice(0, 8), [11, 11, 11, 11, 11, 7, 7, 7]);
});

test('a probe that says nothing has no figures', () => {
  const text = markdownOf(
    reportOfLines([
      [0, began],
      [1, measured('during', 'Error', 1)],
    ]),
  );
  assert.match(text, /\| page \| during \| 0 \\\(and 1 that said nothing\\\) \| 0 \| – \| – \|/);
});
