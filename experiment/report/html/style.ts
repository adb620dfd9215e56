/** How the page looks: system fonts, few colours, each with its like for the dark; one column on a phone, plain on paper. */
import { Markup } from '../markup.js';

const light = `
  --page: #fbfaf8; --card: #ffffff; --ink: #1c2430; --muted: #57616d; --line: #e2dfd8; --soft: #f1efea; --softer: #e8e5de;
  --good: #22764a; --bad: #b42336; --unsure: #6a4fb0; --fault: #b9770e; --band: rgb(222 160 60 / 14%);
  --step: #8a94a0; --command: #c5ccd4;`;

const dark = `
  --page: #12161b; --card: #191e25; --ink: #e8eaed; --muted: #a4adb8; --line: #2d343d; --soft: #222830; --softer: #2b323b;
  --good: #67c793; --bad: #ff8a94; --unsure: #b7a3f2; --fault: #e0a546; --band: rgb(224 165 70 / 13%);
  --step: #7f8a97; --command: #3f4853;`;

/** Of every element that the drawing of a run is made of. */
export const timelineStyle = `.timeline text { font: 12.5px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; fill: var(--muted) }
.timeline .name { font-weight: 600; fill: var(--ink) } .timeline .tick { font-size: 11px; paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round } .timeline .phase-name { fill: var(--ink); font-size: 12px }
.even { fill: var(--soft) } .odd { fill: var(--softer) } .grid { stroke: var(--line) } .band { fill: var(--band) }
.fault { fill: var(--fault) } .step { fill: var(--step) } .step.failed, .late { fill: var(--bad) } .command { fill: var(--command) } .signal { fill: var(--ink) } .unavailable { fill: var(--ink) } .writes .good { fill-opacity: 0.6 }
.value { fill: var(--unsure) } .value-line { fill: none; stroke: var(--unsure); stroke-width: 1.4 }
.objective { fill: none; stroke: var(--muted); stroke-dasharray: 3 3 } .recovery { fill: var(--good) }
.good { fill: var(--good) } .bad rect { fill: var(--bad) } .bad path { stroke: var(--bad); stroke-width: 1.6; fill: none } .unlearned { fill: none; stroke: var(--unsure); stroke-width: 1.4 }`;

export const colours = `:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }`;

export const style = new Markup(`
${colours}
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif; overflow-wrap: anywhere }
header, main, footer { max-width: 1128px; margin: 0 auto; padding: 0 24px }
header { padding-top: 40px }
h1 { font-size: 1.9rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; margin: 4px 0 6px }
h2 { font-size: 1.2rem; font-weight: 650; letter-spacing: -0.01em; margin: 48px 0 12px }
h3 { font-size: 1rem; font-weight: 650; margin: 0 0 6px }
p { margin: 0 0 10px; max-width: 72ch }
.small, footer, figcaption, caption, .kicker { color: var(--muted); font-size: 0.875rem }
.kicker { margin: 0 }
code, .sentence { font: 0.85em ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace }
.sentence { display: block; color: var(--muted) }
.verdict { --tone: var(--unsure); background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--tone); border-radius: 10px; padding: 24px 28px; margin-top: 24px }
.Passed { --tone: var(--good) } .Failed { --tone: var(--bad) }
.verdict h2 { margin: 0 0 4px; font-size: 1.5rem; line-height: 1.25 }
.verdict .word { color: var(--tone); font-weight: 700; margin: 0 0 2px; display: flex; gap: 8px; align-items: center }
.verdict .word svg { width: 20px; height: 20px; flex: none }
.word path { fill: none; stroke: var(--tone); stroke-width: 2.4; stroke-linecap: round; stroke-linejoin: round }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 270px), 1fr)); gap: 20px 32px; margin-top: 20px }
.columns ul { margin: 0; padding-left: 1.1em } .columns li { margin-bottom: 6px }
.meaning { margin-top: 16px }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 135px), 1fr)); gap: 12px; margin: 20px 0 0 }
.figures div { background: var(--soft); border-radius: 8px; padding: 10px 14px }
.figures dt { color: var(--muted); font-size: 0.8125rem } .figures dd { margin: 0; font-weight: 650; font-variant-numeric: tabular-nums }
.figures dd span { font-weight: 400; color: var(--muted); font-size: 0.875rem; display: block }
figure { margin: 0 } .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 18px }
.timeline { display: block; width: 100%; height: auto } .narrow { display: none }
${timelineStyle}
figcaption ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 12px 0 0; padding: 0 } figcaption li { display: flex; gap: 6px; align-items: center }
figcaption svg { width: 16px; height: 18px; flex: none }
.tables { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
caption { text-align: left; padding-bottom: 6px } caption strong { color: var(--ink); font-size: 1rem; display: block }
th, td { text-align: left; vertical-align: top; padding: 7px 10px 7px 0; border-top: 1px solid var(--line) } thead th { border-top: 0; color: var(--muted); font-size: 0.8125rem; font-weight: 600 }
tbody th { font-weight: 500 } .number { text-align: right; white-space: nowrap } td:last-child, th:last-child { padding-right: 0 }
.times { display: block; color: var(--muted); font-size: 0.8125rem } .bad-word { color: var(--bad); font-weight: 600 } .good-word { color: var(--good); font-weight: 600 }
.track { display: block; height: 8px; border-radius: 4px; background: var(--softer); margin-top: 6px; overflow: hidden } .track span { display: block; height: 100%; min-width: 3px; background: var(--good) } .track.over span { background: var(--bad) }
.notices { margin: 0; padding-left: 1.1em } .notices li { margin-bottom: 6px }
footer { padding-top: 40px; padding-bottom: 48px }
@media (max-width: 640px) {
  header, main, footer { padding-left: 14px; padding-right: 14px } header { padding-top: 24px } h1 { font-size: 1.5rem } .verdict { padding: 18px 16px } .verdict h2 { font-size: 1.25rem } .card { padding: 12px }
  .wide { display: none } .narrow { display: block } th, td { padding-right: 8px; font-size: 0.9rem }
}
@media print {
  :root { color-scheme: light; ${light} --page: #ffffff }
  body { font-size: 10.5pt } header { padding-top: 0 } h2 { margin-top: 24px; break-after: avoid } .verdict, .card, table, .timeline, tr, li { break-inside: avoid }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact } .wide { display: block } .narrow { display: none }
}`);
