/** The first thing on the page: the verdict, in words for who was not there. */
import { isWatched } from '../../journal/events.js';
import type { Verdict } from '../../verdict.js';
import { type Markup, markup, nothing } from '../markup.js';
import type { Report } from '../report.js';
import { dataWords, summaryOf } from '../summary.js';
import { counted, duration, firstOf, percent } from '../words.js';

/** Each another shape. */
const signs: Readonly<Record<Verdict, string>> = {
  Passed: 'M4 11l4 4 8-9',
  Failed: 'M5 5l10 10M15 5L5 15',
  Inconclusive: 'M7 7a3 3 0 1 1 4.6 2.6C10.400 10.400 10 11 10 12M10 15.500v.1',
  Aborted: 'M5 5h10v10H5z',
  Error: 'M10 3l8 14H2zM10 8v4M10 14.500v.1',
};

const mostLines = 12;

export function verdictSection(report: Report): Markup {
  const { judgement } = report;
  const { verdict, headline, tried, held, failed, meaning } = summaryOf(report);
  const sign = signs[judgement?.verdict ?? 'Inconclusive'];
  const why =
    judgement === null
      ? nothing
      : markup`<p><strong>${judgement.reason}</strong>: ${judgement.message}.</p>\n`;
  return markup`<section class="verdict ${judgement?.verdict ?? ''}" aria-labelledby="verdict">
<p class="word"><svg viewBox="0 0 20 20" aria-hidden="true"><path d="${sign}"/></svg>${verdict}</p>
<h2 id="verdict">${headline}</h2>
${why}<div class="columns">
${list('What was tried', tried)}${list('What held', held)}${list('What did not', failed)}</div>
<div class="meaning"><h3>What it means</h3><p>${meaning}</p></div>
${keyFigures(report)}</section>`;
}

function list(title: string, lines: readonly string[]): Markup {
  const items = firstOf(lines.length === 0 ? ['Nothing'] : lines, mostLines);
  return markup`<div><h3>${title}</h3><ul>${items.map((line) => markup`<li>${line}</li>`)}</ul></div>\n`;
}

function keyFigures(report: Report): Markup {
  const { recovery, expected, judgement, durationMs, faults, probes } = report;
  const stable = recovery.find(({ part }) => part === 'stable');
  const rates = probes.flatMap(({ phases }) => phases.during.errorRate ?? []);
  const data = judgement?.data ?? 'Unknown';
  return markup`<dl class="figures">
${figure('Recovery', stable ? duration(stable.tookMs) : isWatched(expected) ? 'not seen' : 'not asked', `objective ${duration(expected.recoveryObjectiveMs)}`)}
${figure('Highest error rate', rates.length === 0 ? 'not measured' : percent(Math.max(...rates)), 'of a probe, under fault')}
${figure(
  'Faults that hit',
  `${faults.filter(({ injected }) => injected > 0).length} of ${faults.length}`,
  `${counted(
    faults.reduce((sum, { injected }) => sum + injected, 0),
    'time',
  )} in all`,
)}
${figure('Data', data, dataWords[data])}
${figure('Length of the run', duration(durationMs), judgement?.deviated ? 'a probe failed under fault' : 'no probe failed under fault')}
</dl>`;
}

const figure = (name: string, value: string, more: string): Markup =>
  markup`<div><dt>${name}</dt><dd>${value}<span>${more}</span></dd></div>`;
