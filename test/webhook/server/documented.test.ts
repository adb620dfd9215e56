import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { noteReasons, skipReasons } from '../../../webhook/reasons.js';
import { webhookPaths } from '../../../webhook/server/create-app.js';
import { createMetrics, metricPrefix } from '../../../webhook/server/metrics.js';

const page = readFileSync(new URL('../../../../docs/operate/webhook.md', import.meta.url), 'utf8');

const { registry } = createMetrics({
  certificateEnds: () => null,
  isLeader: () => false,
  namespacesSynced: () => false,
  namespaces: () => 0,
  unhandledErrors: () => 0,
});

/** What Node.js and the kernel tell of the process is told of in one sentence. */
const ofTheProcess = new RegExp(`^${metricPrefix}(process|nodejs)_`);

test('the table of metrics is what there is', async () => {
  const metrics = await registry.getMetricsAsJSON();
  assert.ok(metrics.every(({ name }) => name.startsWith(metricPrefix)));
  const own = metrics.filter(({ name }) => !ofTheProcess.test(name));
  assert.deepEqual(
    rowsUnder('Metrics').map(([name, type, help]) => [name, type, help]),
    own.map(({ name, type, help }) => [`\`${name}\``, String(type), help]),
  );
});

test('the tables of reasons are what is told', () => {
  const rows = (reasons: Readonly<Record<string, string>>) =>
    Object.entries(reasons).map(([code, sentence]) => [`\`${code}\``, sentence]);
  assert.deepEqual(rowsUnder('Why a pod gets no sidecar'), rows(skipReasons));
  assert.deepEqual(rowsUnder('What of an injected pod is left as it is'), rows(noteReasons));
});

test('every path is told', () => {
  for (const path of [...Object.values(webhookPaths), '/livez', '/readyz', '/metrics'])
    assert.ok(page.includes(`\`${path}\``), path);
});

/** Of the first table below a heading, without its head. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  assert.notEqual(start, -1, `no heading ${heading}`);
  const first = lines.findIndex((line, index) => index > start && line.startsWith('|'));
  const after = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  return lines.slice(first + 2, after).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
