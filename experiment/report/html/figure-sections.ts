/** The figures of a run as tables: baseline against fault, recovery against its objective, faults, steps. */
import { type Markup, markup, nothing } from '../markup.js';
import { comparedPhases, type Figures, hasLatency, type ProbeReport } from '../probe-report.js';
import type { FaultReport, Report, StepReport } from '../report.js';
import { partWords, toleranceWords } from '../summary.js';
import { counted, duration, moment, number, percent } from '../words.js';
import { section } from './section.js';

export function impactSection({ probes, replication }: Report): Markup {
  const all = replication === null ? probes : [...probes, replication];
  if (all.length === 0) return nothing;
  return section(
    'impact',
    'Baseline against fault',
    markup`<p class="small">Latencies are of all measurements that came to something, failures included: a timeout counts for as long as it was waited. Of few measurements, p99 is the slowest.</p>
<div class="tables">${all.map(impactTable)}</div>`,
  );
}

interface Row {
  readonly name: string;
  readonly cell: (figures: Figures) => string;
  /** What is compared with the baseline. */
  readonly ms?: (figures: Figures) => number | undefined;
}

const counts: readonly Row[] = [
  { name: 'measured', cell: ({ successful, failed }) => String(successful + failed) },
  { name: 'failed', cell: ({ failed }) => String(failed) },
  { name: 'said nothing', cell: ({ unlearned }) => String(unlearned) },
  { name: 'error rate', cell: ({ errorRate }) => (errorRate === null ? '–' : percent(errorRate)) },
];

const latencies: readonly Row[] = (['p50Ms', 'p90Ms', 'p99Ms', 'maxMs'] as const).map((figure) => ({
  name: `latency ${figure.replace('Ms', '')}`,
  cell: ({ latency }: Figures) => (latency === null ? '–' : duration(latency[figure])),
  ms: ({ latency }: Figures) => latency?.[figure],
}));

/** Of a probe whose condition looks at a number. */
const valueRow: Row = {
  name: 'value, least to most',
  cell: ({ values }) => (values === null ? '–' : `${number(values.least)} to ${number(values.most)}`),
};

function impactTable(probe: ProbeReport): Markup {
  const { name, says, phases, tolerances } = probe;
  const figures = hasLatency(probe) ? [...counts, ...latencies] : counts;
  const hasValues = comparedPhases.some((phase) => phases[phase].values !== null);
  const body = [...figures, ...(hasValues ? [valueRow] : [])].map(
    ({ name: row, cell, ms }) =>
      markup`<tr><th scope="row">${row}</th>${comparedPhases.map(
        (phase) =>
          markup`<td class="number">${cell(phases[phase])}${times(ms?.(phases.before), ms?.(phases[phase]))}</td>`,
      )}</tr>\n`,
  );
  return markup`<div class="card"><table><caption><strong>${`probe ${name}`}</strong>${says}; tolerated under fault: ${toleranceWords(tolerances.during)}</caption>
<thead><tr><th scope="col">figure</th>${comparedPhases.map((phase) => markup`<th scope="col" class="number">${phase}</th>`)}</tr></thead>
<tbody>
${body}</tbody></table></div>\n`;
}

/** Said where it is worth a word: at least half as much again. */
function times(before: number | undefined, now: number | undefined): Markup {
  if (!before || now === undefined || now / before < 1.5) return nothing;
  const factor = now / before;
  return markup`<span class="times">${`× ${factor < 10 ? factor.toFixed(1) : Math.round(factor)}`}</span>`;
}

export function recoverySection({ recovery, expected: { recoveryObjectiveMs } }: Report): Markup {
  if (recovery.length === 0) return nothing;
  const body = recovery.map(({ part, tookMs }) => {
    const share = Math.min(100, (tookMs / Math.max(1, recoveryObjectiveMs)) * 100);
    const kind = tookMs > recoveryObjectiveMs ? 'track over' : 'track';
    return markup`<tr><th scope="row">${partWords[part]}<span class="${kind}" aria-hidden="true"><span style="width:${share}%"></span></span></th><td class="number">${duration(tookMs)}</td><td class="number">${percent(tookMs / Math.max(1, recoveryObjectiveMs))}</td></tr>\n`;
  });
  return section(
    'recovery',
    'Recovery against its objective',
    markup`<div class="card"><table><caption>Since the last fault was to be off. The objective is ${duration(recoveryObjectiveMs)}; the last line decides.</caption>
<thead><tr><th scope="col">until</th><th scope="col" class="number">took</th><th scope="col" class="number">of the objective</th></tr></thead>
<tbody>
${body}</tbody></table></div>`,
  );
}

/** A page stays one; the journal has all. */
const mostRows = 500;

export function faultsSection({ faults, expected: { minimumHits } }: Report): Markup {
  if (faults.length === 0) return nothing;
  return section(
    'faults',
    'Faults, and what they hit',
    markup`<div class="card"><table><caption>Each must hit ${counted(minimumHits, 'time')} at least, or the run proves nothing.</caption>
<thead><tr><th scope="col">fault</th><th scope="col" class="number">on</th><th scope="col" class="number">hit</th></tr></thead>
<tbody>
${faults.slice(0, mostRows).map(faultRow)}</tbody></table>${rest(faults.length)}</div>`,
  );
}

const faultRow = ({ name, sentence, fromMs, toMs, matched, injected, unit, isEnough }: FaultReport): Markup =>
  markup`<tr><th scope="row">${name}<span class="sentence">${sentence}</span></th><td class="number">${moment(fromMs)}<span class="times">for ${duration(toMs - fromMs)}</span></td><td class="number">${isEnough ? markup`${injected}` : markup`<span class="bad-word">${injected}: too few</span>`}<span class="times">of ${counted(matched, unit)}</span></td></tr>\n`;

export function stepsSection({ steps }: Report): Markup {
  if (steps.length === 0) return nothing;
  return section(
    'steps',
    'Steps',
    markup`<div class="card"><table><caption>In the order in which they began.</caption>
<thead><tr><th scope="col">step</th><th scope="col" class="number">began</th><th scope="col" class="number">took</th></tr></thead>
<tbody>
${steps.slice(0, mostRows).map(stepRow)}</tbody></table>${rest(steps.length)}</div>`,
  );
}

const stepRow = ({ name, outcome, message, fromMs, toMs }: StepReport): Markup =>
  markup`<tr><th scope="row">${name} <span class="${outcome === 'done' ? 'good-word' : 'bad-word'}">${outcome}</span><span class="times">${message}</span></th><td class="number">${moment(fromMs)}</td><td class="number">${duration(toMs - fromMs)}</td></tr>\n`;

const rest = (count: number): Markup =>
  count > mostRows ? markup`<p class="small">${count - mostRows} more are in the journal.</p>` : nothing;

export function noticesSection({ notices }: Report): Markup {
  if (notices.length === 0) return nothing;
  const items = notices
    .slice(0, mostRows)
    .map(
      ({ atMs, kind, message }) =>
        markup`<li><strong>${kind}</strong> after ${moment(atMs)}: ${message}</li>\n`,
    );
  return section(
    'notices',
    'Refused, broken off, warned of',
    markup`<div class="card"><ul class="notices">
${items}</ul>${rest(notices.length)}</div>`,
  );
}
