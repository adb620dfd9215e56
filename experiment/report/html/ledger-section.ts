/** What became of the data: the ledger in words, what was written, and how the database took writes meanwhile. */
import { rateWords, trafficRows, unavailableWords, writeRows } from '../ledger-words.js';
import { type Markup, markup, nothing } from '../markup.js';
import { comparedPhases } from '../probe-report.js';
import type { Report } from '../report.js';
import { section } from './section.js';

export function ledgerSection({ ledger }: Report): Markup {
  if (ledger === null) return nothing;
  const kind = ledger.data === 'Intact' ? 'good-word' : 'bad-word';
  const writes = writeRows(ledger).map(
    ([word, count, more]) =>
      markup`<tr><th scope="row">${word}<span class="times">${more}</span></th><td class="number">${count}</td></tr>\n`,
  );
  const found =
    writes.length === 0
      ? nothing
      : markup`<div class="card"><table><caption><strong>what became of the writes</strong>Each is remembered when it is acknowledged, and all are read back at the end.</caption>
<thead><tr><th scope="col">writes</th><th scope="col" class="number">count</th></tr></thead>
<tbody>
${writes}</tbody></table></div>`;
  const traffic = trafficRows(ledger).map(
    ([name = '', ...cells]) =>
      markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td class="number">${cell}</td>`)}</tr>\n`,
  );
  const rate = rateWords(ledger);
  const expected = rate === null ? '' : `${rate}. `;
  return section(
    'ledger',
    'Ledger: what became of the data',
    markup`<p><span class="${kind}">${ledger.data}</span>: ${ledger.message}. ${unavailableWords(ledger.unavailable)}.</p>
<div class="tables">${found}<div class="card"><table><caption><strong>writes of the ledger</strong>${expected}Latencies are of acknowledged writes: the middle second, and the worst.</caption>
<thead><tr><th scope="col">figure</th>${comparedPhases.map((phase) => markup`<th scope="col" class="number">${phase}</th>`)}</tr></thead>
<tbody>
${traffic}</tbody></table></div></div>`,
  );
}
