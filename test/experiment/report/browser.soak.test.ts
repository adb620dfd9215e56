/** The page of a run in a real browser: what axe finds, on a phone, in the dark, on paper; and that it loads nothing. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { readJournal } from '../../../experiment/journal/read-journal.js';
import { htmlOf } from '../../../experiment/report/html/page.js';
import { junitOf } from '../../../experiment/report/junit.js';
import { reportOf } from '../../../experiment/report/report.js';
import { temporaryFolders } from '../../cli/temporary-folders.js';
import { programPath } from '../../is-program.js';
import { needs } from '../../needs.js';
import { behind, hostileRun, type Line, lostWrites, passed, reportOfLines, textOf } from './journals.js';

const skip = needs('chromium');
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const runs: Readonly<Record<string, readonly Line[]>> = {
  lostWrites,
  behind,
  hostile: hostileRun,
  killed: passed.slice(0, 12),
};

const looks = [
  { width: 1200, colorScheme: 'light' },
  { width: 1200, colorScheme: 'dark' },
  { width: 360, colorScheme: 'light' },
  { width: 360, colorScheme: 'dark' },
] as const;

/** Written to a file, as a person opens it. */
function fileOf(t: TestContext, lines: readonly Line[]): string {
  const reading = readJournal(textOf(lines));
  assert.ok(reading.kind === 'journal');
  const path = join(temporaryFolders(t), 'report.html');
  writeFileSync(path, htmlOf(reportOf(reading.journal, 'runs/a.jsonl'), reading.journal));
  return pathToFileURL(path).href;
}

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Of a page that has loaded `axe`. */
function axeFinds(page: Page): Promise<{ violations: Finding[]; incomplete: Finding[] }> {
  return page.evaluate("axe.run({ resultTypes: ['violations', 'incomplete'] })");
}

const isNoSvg = ({ html }: { readonly html: string }): boolean => !/^<t(ext|span)\b/.test(html);

describe('the page of a run in a browser', { skip }, () => {
  let browser: Browser;
  before(async () => {
    // Chromium's own sandbox is not to be had as root; the page is ours.
    browser = await chromium.launch({
      executablePath: programPath('chromium') ?? '',
      args: ['--no-sandbox', '--disable-gpu'],
      timeout: 60_000,
    });
  });
  after(() => browser?.close());

  test('axe finds nothing, nothing is wider than the window, nothing is loaded, nothing complains', async (t) => {
    for (const [name, lines] of Object.entries(runs)) {
      const url = fileOf(t, lines);
      const context = await browser.newContext({ bypassCSP: true });
      const page = await context.newPage();
      const [asked, said]: [string[], string[]] = [[], []];
      page.on('request', (request) => asked.push(request.url()));
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', ({ message }) => said.push(message));
      await page.goto(url);
      await page.evaluate(axe);
      for (const { width, colorScheme } of name === 'behind' ? looks : [looks[0], looks[3]]) {
        const where = `${name}, ${width} px, ${colorScheme}`;
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme });
        assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= width, where);
        const { violations, incomplete } = await axeFinds(page);
        assert.deepEqual(violations, [], where);
        // Text over shapes: what axe cannot see of its contrast is held by the palette.
        const unsure = incomplete.filter(({ id, nodes }) => id !== 'color-contrast' || nodes.some(isNoSvg));
        assert.deepEqual(unsure, [], where);
        assert.deepEqual([asked, said], [[url], []], where);
      }
      await context.close();
    }
  });

  test('on paper it is black on white, whatever the screen is, with the wide timeline', async (t) => {
    const page = await browser.newPage({ colorScheme: 'dark', viewport: { width: 360, height: 800 } });
    await page.goto(fileOf(t, passed));
    const look = (): Promise<unknown> =>
      page.evaluate(
        `['.wide', '.narrow'].map((one) => getComputedStyle(document.querySelector(one)).display)
        .concat(getComputedStyle(document.body).backgroundColor)`,
      );
    assert.deepEqual(await look(), ['none', 'block', 'rgb(18, 22, 27)']);
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(await look(), ['block', 'none', 'rgb(255, 255, 255)']);
    const pdf = await page.pdf({ format: 'A4' });
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  });

  test('JUnit XML is well-formed to a strict parser, whatever the names', async () => {
    const page = await browser.newPage();
    for (const lines of Object.values(runs)) {
      const flaw = await page.evaluate(
        `new DOMParser().parseFromString(${JSON.stringify(junitOf(reportOfLines(lines)))}, 'application/xml')
        .querySelector('parsererror')?.textContent ?? null`,
      );
      assert.equal(flaw, null);
    }
  });
});
