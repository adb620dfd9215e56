/** What the documentation and the help show as an experiment is one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readExperiment } from '../../experiment/file/read-experiment.js';
import { askCli } from '../cli/ask-cli.js';

function isRight(text: string): void {
  const reading = readExperiment(text);
  assert.equal(reading.kind, 'experiment', `${text}\n${JSON.stringify(reading)}`);
}

for (const file of [
  'docs/reference/experiment.md',
  'docs/reference/experiment-resource.md',
  'docs/start/ci.md',
])
  test(`each experiment in ${file} is right`, () => {
    const blocks = [...readFileSync(file, 'utf8').matchAll(/^```yaml\n(apiVersion: havock8s[^`]*)```/gm)];
    assert.ok(blocks.length > 0);
    for (const [, text = ''] of blocks) isRight(text);
  });

test('the experiment in the help of `run` is right', async () => {
  const { stdout } = await askCli(['run', '--help']);
  const [text] = /^ {2}apiVersion: havock8s(?:.*\n)(?: {2}.*\n)*/m.exec(stdout) ?? [];
  assert.ok(text);
  isRight(text.replaceAll(/^ {2}/gm, ''));
});
