/** The page of a run, as text: what is said where, and that it needs nothing and lets nothing in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { readJournal } from '../../../experiment/journal/read-journal.js';
import { htmlOf } from '../../../experiment/report/html/page.js';
import { style } from '../../../experiment/report/html/style.js';
import { reportOf } from '../../../experiment/report/report.js';
import { hostileRun, type Line, measured, passed, passedBut, textOf } from './journals.js';

function pageOf(text: string, path = 'runs/a.jsonl') {
  const reading = readJournal(text);
  assert.ok(reading.kind === 'journal', JSON.stringify(reading));
  const html = htmlOf(reportOf(reading.journal, path), reading.journal);
  const { document } = parseHTML(html);
  return { html, document };
}

const ofLines = (lines: readonly Line[]) => pageOf(textOf(lines));

type Parent = Pick<ReturnType<typeof pageOf>['document'], 'querySelectorAll'>;

const textsOf = (parent: Parent, selector: string): readonly string[] =>
  [...parent.querySelectorAll(selector)].map(({ textContent }) => textContent ?? '');

test('the verdict comes first, in words; then the timeline, the figures, and what was refused', () => {
  const { document } = ofLines([
    ...passed.slice(0, -3),
    [7300, { type: 'warned', message: 'the sidecar could not be asked' }],
    ...passed.slice(-3),
  ]);
  assert.deepEqual(textsOf(document, 'h1, h2'), [
    'hanging-disk',
    'The system held',
    'Timeline',
    'Baseline against fault',
    'Recovery against its objective',
    'Faults, and what they hit',
    'Refused, broken off, warned of',
    'Steps',
  ]);
  assert.deepEqual(textsOf(document, 'h3'), [
    ...['What was tried', 'What held', 'What did not', 'What it means'],
  ]);
  assert.match(
    textsOf(document, '.notices')[0] ?? '',
    /warning after 7\.3 s: the sidecar could not be asked/,
  );
  assert.match(textsOf(document, 'footer')[0] ?? '', /runs\/a\.jsonl, 26 events.*Run by havock8s 0\.1\.0/s);
});

test('the table of a probe compares before, during and after, and says how many times as slow', () => {
  const rows = [...ofLines(passed).document.querySelectorAll('#impact ~ .tables tr')].map((row) =>
    textsOf(row, 'th, td').join(' | '),
  );
  assert.deepEqual(rows, [
    'figure | before | during | after',
    'measured | 3 | 4 | 1',
    'failed | 0 | 1 | 0',
    'said nothing | 0 | 1 | 0',
    'error rate | 0% | 25% | 0%',
    'latency p50 | 20 ms | 50 ms× 2.5 | 10 ms',
    'latency p90 | 30 ms | 2.00 s× 67 | 10 ms',
    'latency p99 | 30 ms | 2.00 s× 67 | 10 ms',
    'latency max | 30 ms | 2.00 s× 67 | 10 ms',
  ]);
});

test('the timeline tells outcomes apart by shape, shades the fault, and says what each mark is', () => {
  const { document } = ofLines(passed);
  const count = (selector: string): number => document.querySelectorAll(`#wide ${selector}`).length;
  assert.equal(count('g > rect.good'), 7);
  assert.equal(count('g.bad > path'), 4, 'two failures, each as a bar and as a point');
  assert.equal(count('rect.unlearned'), 1);
  assert.equal(count('rect.band'), 1);
  const band = document.querySelector('#wide rect.band');
  const [from, width] = ['x', 'width'].map((name) => Number(band?.getAttribute(name)));
  assert.ok(Math.abs((from ?? 0) - (1 + (1078 * 1100) / 7400)) < 0.1);
  assert.ok(Math.abs((width ?? 0) - (1078 * 3100) / 7400) < 0.1);
  const titles = textsOf(document, '#wide title');
  assert.ok(titles.includes('3.6 s, Failed: no answer within 2000 ms'));
  assert.match(textsOf(document, '#wide desc')[0] ?? '', /^7\.40 s in all: before 1\.00 s, during 3\.20 s/);
});

test('a run of any length is drawn in bounded size, and its worst measurements are what is seen', () => {
  const many = Array.from(
    { length: 40_000 },
    (_, index): Line => [
      1100 + index / 20,
      measured('during', index === 20_000 ? 'Failed' : 'Successful', 5),
    ],
  );
  const steps = Array.from(
    { length: 2000 },
    (_, index): Line => [...([3200, { type: 'step-began', step: `step-${index}` }] as const)],
  );
  const { html, document } = ofLines([...passed.slice(0, 8), ...many, ...steps, ...passed.slice(17)]);
  assert.ok(html.length < 1_000_000, `${html.length} characters`);
  assert.equal(document.querySelectorAll('#narrow g.bad > rect').length, 2);
});

test('a journal that ends anywhere still makes a page, and says that it has no verdict', () => {
  for (let length = 1; length <= passed.length; length += 1) {
    const { document } = ofLines(passed.slice(0, length));
    const isJudged = length >= passed.length - 1;
    assert.equal(document.querySelector('.word')?.textContent, isJudged ? 'Passed' : 'No verdict');
  }
  const cut = pageOf(`${textOf(passed.slice(0, 9))}{"atMs":`);
  assert.match(cut.document.querySelector('footer')?.textContent ?? '', /Its last line is cut/);
});

test('a probe that failed too much, a fault that hit nothing and a failed step are marked in words', () => {
  const { document } = ofLines(
    passedBut((one) => {
      if (one.type === 'fault-counted') return { ...one, injected: 0 };
      return one.type === 'step-ended' ? { ...one, outcome: 'failed' } : one;
    }),
  );
  assert.deepEqual(textsOf(document, '.bad-word'), ['0: too few', 'failed']);
});

test('text from elsewhere stays text', () => {
  const { html, document } = pageOf(textOf(hostileRun), '"><img src=x>');
  assert.equal(document.querySelectorAll('script, img, link, iframe, object').length, 0);
  assert.equal(document.querySelectorAll('style').length, 1);
  assert.doesNotMatch(html, /<script|<img/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not come through.
  assert.doesNotMatch(html, /[\u0000-\u0008\u000b-\u001f\u202e\uffff]|\p{Cs}/u);
  assert.match(document.querySelector('h1')?.textContent ?? '', /^<script>alert\(1\)<\/script>"'<\/svg>/);
});

test('nothing is loaded from anywhere', () => {
  const { html } = ofLines(passed);
  assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
  assert.doesNotMatch(html, /\b(?:src|href)=|@import|url\(/);
});

test('text has a contrast of 4.5 at least on whatever it stands, light and dark', () => {
  const palettes = [...style.text.matchAll(/:root \{([^}]*)\}/g)].map(([, words = '']) =>
    Object.fromEntries(
      [...words.matchAll(/--([a-z]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex]),
    ),
  );
  assert.equal(palettes.length, 3, 'light, dark, print');
  for (const palette of palettes)
    for (const ink of ['ink', 'muted', 'good', 'bad'])
      for (const paper of ['page', 'card', 'soft', 'softer']) {
        if (paper.startsWith('soft') && ['good', 'bad'].includes(ink)) continue;
        const ratio = contrast(palette[ink] ?? '', palette[paper] ?? '');
        assert.ok(ratio >= 4.5, `${ink} ${palette[ink]} on ${paper} ${palette[paper]}: ${ratio.toFixed(2)}`);
      }
});

/** WCAG 2. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
