/** A run as one file of HTML that needs nothing else: no script, no network, not even a font. */
import type { Journal } from '../../journal/read-journal.js';
import { type Markup, markup } from '../markup.js';
import type { Report } from '../report.js';
import { drawTimeline } from '../timeline/draw-timeline.js';
import { counted } from '../words.js';
import {
  faultsSection,
  impactSection,
  noticesSection,
  recoverySection,
  stepsSection,
} from './figure-sections.js';
import { ledgerSection } from './ledger-section.js';
import { section } from './section.js';
import { style } from './style.js';
import { verdictSection } from './verdict-section.js';

export function htmlOf(report: Report, journal: Journal): string {
  const { experiment, startedAt } = report;
  const sections = [
    verdictSection(report),
    timelineSection(report, journal),
    ledgerSection(report),
    impactSection(report),
    recoverySection(report),
    faultsSection(report),
    noticesSection(report),
    stepsSection(report),
  ];
  const verdict = report.judgement?.verdict ?? 'No verdict';
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${`${verdict}: ${experiment}`}</title>
<style>${style}</style>
</head>
<body>
<header>
<p class="kicker">Chaos experiment of ${startedAt.replace(/^(.*)T([\d:]+).*Z$/, '$1 $2 UTC')}</p>
<h1>${experiment}</h1>
</header>
<main>
${sections}</main>
${footer(report)}
</body>
</html>
`.text;
}

const timelineSection = (report: Report, { events }: Journal): Markup =>
  section(
    'timeline',
    'Timeline',
    markup`<figure class="card">
<div class="wide">${drawTimeline(report, events, { id: 'wide', width: 1080 })}</div>
<div class="narrow">${drawTimeline(report, events, { id: 'narrow', width: 306 })}</div>
${legend}</figure>`,
  );

const key = (sign: Markup, words: string): Markup =>
  markup`<li><svg viewBox="0 0 16 18" aria-hidden="true">${sign}</svg>${words}</li>`;

const legend = markup`<figcaption>Seconds since the run began. Where many measurements fall together the worst is drawn.<ul>
${key(markup`<rect class="fault" y="3" width="16" height="12" rx="3"/>`, 'a fault; its time is shaded')}
${key(markup`<rect class="step" y="3" width="16" height="12" rx="3"/>`, 'another step')}
${key(markup`<rect class="good" x="3" y="9" width="10" height="7"/>`, 'success')}
${key(markup`<g class="bad"><rect x="3" y="8" width="10" height="10"/><path d="M5 0l6 6m0 -6l-6 6"/></g>`, 'failure')}
${key(markup`<rect class="unlearned" x="3" y="5" width="10" height="11"/>`, 'said nothing')}
${key(markup`<rect class="unavailable" y="7" width="16" height="5"/>`, 'no write acknowledged')}
${key(markup`<rect class="command" y="3" width="16" height="12" rx="3"/>`, 'the command runs')}
${key(markup`<rect class="objective" x="1" y="4" width="14" height="11" rx="3"/>`, 'time allowed for recovery')}
</ul></figcaption>`;

function footer({ journal, version }: Report): Markup {
  const flaws = [
    ...(journal.isCut ? ['Its last line is cut, and was left out.'] : []),
    ...(journal.unknown > 0
      ? [`${counted(journal.unknown, 'line is', 'lines are')} of a type that this version does not know.`]
      : []),
  ];
  return markup`<footer><p>Everything here follows from the journal <code>${journal.path}</code>, ${counted(journal.events, 'event')}. ${flaws.join(' ')}</p><p>Run by havock8s ${version}.</p></footer>`;
}
