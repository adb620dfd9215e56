/** A run as Markdown, for the summary of a CI job or a comment: short, its tables in full where they stay short. */
import { printable } from '../../core/printable.js';
import type { Verdict } from '../verdict.js';
import { rateWords, trafficRows, unavailableWords, writeRows } from './ledger-words.js';
import { comparedPhases, type Figures, type ProbeReport } from './probe-report.js';
import type { Report } from './report.js';
import { dataWords, partWords, summaryOf } from './summary.js';
import { duration, firstOf, moment, percent } from './words.js';

const marks: Readonly<Record<Verdict | 'none', string>> = {
  Passed: '✅',
  Failed: '❌',
  Inconclusive: '❔',
  Aborted: '⏹️',
  Error: '⚠️',
  none: '❔',
};

export function markdownOf(report: Report): string {
  const { experiment, judgement, durationMs, startedAt, version, journal } = report;
  const { verdict, headline, tried, held, failed, meaning } = summaryOf(report);
  const data = judgement?.data ?? 'Unknown';
  const lines = [
    `## ${marks[judgement?.verdict ?? 'none']} ${verdict}: ${plain(experiment)}`,
    '',
    `**${headline}.** ${judgement === null ? '' : `${plain(judgement.reason)}: ${plain(judgement.message)}.`}`,
    '',
    ...list('What was tried', tried),
    ...list('What held', held),
    ...list('What did not', failed),
    meaning,
    '',
    ...table(
      ['probe', 'phase', 'measured', 'failed', 'error rate', 'p50', 'p90', 'p99', 'max'],
      report.probes.flatMap(probeRows),
    ),
    ...table(
      ['fault', 'sentence', 'hits', 'from', 'to'],
      report.faults.map(({ name, sentence, injected, matched, fromMs, toMs }) => [
        ...[name, sentence, `${injected} of ${matched}`, moment(fromMs), moment(toMs)],
      ]),
    ),
    ...ledgerLines(report),
    ...table(
      ['recovery', 'took', 'objective'],
      report.recovery.map(({ part, tookMs }) => [
        ...[partWords[part], duration(tookMs)],
        part === 'stable' ? duration(report.expected.recoveryObjectiveMs) : '',
      ]),
    ),
    ...list(
      'Refused, and warned of',
      report.notices.map(({ atMs, kind, message }) => `${moment(atMs)}, ${kind}: ${message}`),
    ),
    `Data: ${data}, ${dataWords[data]}. Started ${plain(startedAt)}, ${duration(durationMs)}, havock8s ${plain(version)}, journal ${plain(journal.path)}.`,
  ];
  return `${lines.join('\n')}\n`;
}

function ledgerLines({ ledger }: Report): readonly string[] {
  if (ledger === null) return [];
  const rate = rateWords(ledger);
  return [
    `**Ledger: ${ledger.data}.** ${plain(ledger.message)}. ${unavailableWords(ledger.unavailable)}.${rate === null ? '' : ` ${rate}.`}`,
    '',
    ...table(['writes', 'count', 'of them'], writeRows(ledger)),
    ...table(['writes of the ledger', ...comparedPhases], trafficRows(ledger)),
  ];
}

const probeRows = ({ name, phases }: ProbeReport): readonly (readonly string[])[] =>
  comparedPhases.map((phase) => [name, phase, ...figureCells(phases[phase])]);

/** How many, how many failed, the error rate, and the latencies. */
export function figureCells({
  successful,
  failed,
  unlearned,
  errorRate,
  latency,
}: Figures): readonly string[] {
  const times =
    latency === null ? [] : [latency.p50Ms, latency.p90Ms, latency.p99Ms, latency.maxMs].map(duration);
  return [
    `${successful + failed}${unlearned > 0 ? ` (and ${unlearned} that said nothing)` : ''}`,
    String(failed),
    errorRate === null ? '–' : percent(errorRate),
    ...(latency === null ? ['–', '–', '–', '–'] : times),
  ];
}

const list = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0
    ? []
    : [`**${title}**`, '', ...firstOf(lines, mostLines).map((line) => `- ${plain(line)}`), ''];

/** GitHub bounds a summary to 1 MiB. */
const [mostLines, mostRows] = [50, 200];

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const row = (cells: readonly string[]): string => `| ${cells.map(plain).join(' | ')} |`;
  const left = rows.length - mostRows;
  return [
    row(head),
    `|${' --- |'.repeat(head.length)}`,
    ...rows.slice(0, mostRows).map(row),
    ...(left > 0 ? ['', `${left} more rows are in the journal.`] : []),
    '',
  ];
}

/** Text from elsewhere means nothing to Markdown, nor to the HTML in it, and calls nobody by name. */
const plain = (text: string): string =>
  printable(text)
    .replace(/[\\`*_{}[\]()#+!|~<>&]/g, (sign) =>
      sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : sign === '&' ? '&amp;' : `\\${sign}`,
    )
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, '&#58;//');
