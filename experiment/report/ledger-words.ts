/** The figures of a ledger as rows of words, for the page and for Markdown. */
import type { Example } from '../ledger/classify.js';
import type { LedgerResult } from '../ledger/result.js';
import { registerWords } from '../verdict.js';
import type { LedgerReport, TrafficFigures } from './ledger-report.js';
import type { Span } from './phases.js';
import { comparedPhases } from './probe-report.js';
import { counted, duration, moment } from './words.js';

/** What became of the writes: word, count, and the first few of what is wrong. */
export function writeRows({ result }: LedgerReport): readonly (readonly [string, string, string])[] {
  if (result === null) return [];
  const { acknowledged, lost, stale, duplicated, corrupt, refused, unknown, examples } = result;
  const count = (number: number): string => number.toLocaleString('en');
  return [
    ['acknowledged', count(acknowledged), ''],
    ['lost', count(lost), examplesOf(examples.lost)],
    ['not seen by a later read', count(stale), examplesOf(examples.stale)],
    ['there more than once', count(duplicated), examplesOf(examples.duplicated)],
    ['not as written', count(corrupt), examplesOf(examples.corrupt)],
    ['refused', count(refused.gone), ''],
    ['refused, and there', count(refused.there), examplesOf(examples.refusedAndThere)],
    [
      'without an answer',
      count(unknown.there + unknown.gone),
      unknown.there > 0 ? `${count(unknown.there)} are there, which is right either way` : '',
    ],
    ...registerRows(result),
  ];
}

/** None of a database without registers. */
function registerRows({
  registers,
  registerOperations,
  illegalRegisters,
}: LedgerResult): readonly (readonly [string, string, string])[] {
  if (registers === null) return [];
  const which = illegalRegisters.length === 0 ? '' : `, such as register ${illegalRegisters.join(', ')}`;
  return [
    [
      'operations on registers',
      registerOperations.toLocaleString('en'),
      `${registerWords[registers]}${which}`,
    ],
  ];
}

const examplesOf = (examples: readonly Example[]): string =>
  examples.length === 0
    ? ''
    : `such as ${examples.map(({ number, atMs }) => `${number}${atMs === null ? '' : ` (${moment(atMs)} of the ledger)`}`).join(', ')}`;

const figures: readonly (readonly [string, (figures: TrafficFigures) => string])[] = [
  ['acknowledged', ({ acknowledged }) => acknowledged.toLocaleString('en')],
  ['a second', ({ perSecond }) => (perSecond === null ? '–' : perSecond.toFixed(perSecond < 10 ? 1 : 0))],
  ['refused', ({ refused }) => refused.toLocaleString('en')],
  ['without an answer', ({ unknown }) => unknown.toLocaleString('en')],
  ['latency, usual', ({ medianMs }) => (medianMs === null ? '–' : duration(medianMs))],
  ['latency, worst p99', ({ worstP99Ms }) => (worstP99Ms === null ? '–' : duration(worstP99Ms))],
];

/** Name, before, during, after. */
export const trafficRows = ({ phases }: LedgerReport): readonly (readonly string[])[] =>
  figures.map(([name, cell]) => [name, ...comparedPhases.map((phase) => cell(phases[phase]))]);

/** `No write was acknowledged for 2.00 s, from 4.0 s on`. */
export function unavailableWords(spans: readonly Span[]): string {
  const longest = spans.toSorted((one, other) => other.toMs - other.fromMs - (one.toMs - one.fromMs))[0];
  if (longest === undefined) return 'Writes were acknowledged all the time';
  const sum = spans.reduce((total, { fromMs, toMs }) => total + toMs - fromMs, 0);
  const length = duration(longest.toMs - longest.fromMs);
  return spans.length === 1
    ? `No write was acknowledged for ${length}, from ${moment(longest.fromMs)} on`
    : `No write was acknowledged in ${counted(spans.length, 'span')}, ${duration(sum)} in all; the longest was ${length}, from ${moment(longest.fromMs)} on`;
}

/** `28.9 acknowledged writes a second while faults were on; expected at least 1`; null: no fault came. */
export function rateWords({ perSecond, expectedPerSecond }: LedgerReport): string | null {
  if (perSecond === null) return null;
  const expected = expectedPerSecond === null ? '' : `; expected at least ${expectedPerSecond}`;
  return `${perSecond.toFixed(1)} acknowledged writes a second while faults were on${expected}`;
}
