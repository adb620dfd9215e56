/** The answer of a ledger, for people and for programs. */
import { assertNever } from '../../../core/assert-never.js';
import type { Example, Flaw } from '../../../experiment/ledger/classify.js';
import type { LedgerResult } from '../../../experiment/ledger/result.js';
import { type DataVerdict, registerWords } from '../../../experiment/verdict.js';
import { exitCode } from '../../exit-code.js';
import { type Console, printJson } from '../../terminal/console.js';
import type { Ink } from '../../terminal/ink.js';
import { type Column, tableLines } from '../../terminal/table.js';

/** What is seen to be wrong comes before what could not be seen. */
export function ledgerExitCode({ data, registers }: LedgerResult): number {
  if (data === 'Lost' || data === 'Corrupt' || registers === 'Illegal') return exitCode.failed;
  return data === 'Unknown' || registers === 'Unknown' ? exitCode.unknown : exitCode.done;
}

export function showResult(result: LedgerResult, { json, out }: Console): void {
  if (json) {
    printJson(out, result);
    return;
  }
  out.line(`${paintOf(result.data, out.ink)(result.data)}: ${result.message}`);
  out.line();
  for (const line of tableLines(columns, rowsOf(result), { ink: out.ink, width: out.columns }))
    out.line(line);
}

function paintOf(data: DataVerdict, ink: Ink): (text: string) => string {
  switch (data) {
    case 'Intact':
      return ink.green;
    case 'Unknown':
      return ink.yellow;
    case 'Lost':
    case 'Corrupt':
      return ink.red;
    default:
      return assertNever(data);
  }
}

interface Row {
  readonly word: string;
  readonly count: number;
  readonly more: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'WRITES', text: ({ word }) => word },
  { title: 'COUNT', align: 'right', text: ({ count }) => count.toLocaleString('en') },
  { title: '', text: ({ more }) => more },
];

function rowsOf(result: LedgerResult): readonly Row[] {
  const flaw = (word: Exclude<Flaw, 'refusedAndThere'>): Row => ({
    word,
    count: result[word],
    more: examplesOf(result.examples[word]),
  });
  const { unavailable, unknown, refused } = result;
  return [
    { word: 'acknowledged', count: result.acknowledged, more: latencyOf(result) },
    flaw('lost'),
    flaw('stale'),
    flaw('duplicated'),
    flaw('corrupt'),
    {
      word: 'refused',
      count: refused.there + refused.gone,
      more: refused.there > 0 ? `there: ${examplesOf(result.examples.refusedAndThere)}` : '',
    },
    {
      word: 'unknown',
      count: unknown.there + unknown.gone,
      more:
        unknown.there + unknown.gone > 0 ? `${unknown.there} there, ${unknown.gone} not: both are right` : '',
    },
    {
      word: 'unavailable',
      count: unavailable.length,
      more: unavailable.map(({ fromMs, toMs }) => `${seconds(fromMs)} to ${seconds(toMs)}`).join(', '),
    },
    ...(result.registers === null
      ? []
      : [{ word: 'registers', count: result.registerOperations, more: registerWords[result.registers] }]),
  ];
}

const examplesOf = (examples: readonly Example[]): string =>
  examples.map(({ number, atMs }) => `#${number}${atMs === null ? '' : ` at ${seconds(atMs)}`}`).join(', ');

function latencyOf({ latency }: LedgerResult): string {
  if (latency === null) return '';
  const { p50Ms, p90Ms, p99Ms, maxMs } = latency;
  return `p50 ${millis(p50Ms)}, p90 ${millis(p90Ms)}, p99 ${millis(p99Ms)}, longest ${millis(maxMs)}`;
}

const millis = (ms: number): string => `${ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
