/** docs/start/ci.md, run as far as it can be without GitHub: its experiment, and its steps in their shell. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { needs } from '../../needs.js';
import { freePort } from '../../sidecar/network/ports.js';
import { program, spawnProgram } from '../run-cli.js';
import { temporaryFolders } from '../temporary-folders.js';

const guide = readFileSync('docs/start/ci.md', 'utf8');
const [experiment = '', workflow = ''] = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(
  ([, text = '']) => text,
);

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
}

const [job] = Object.values<{ readonly steps: readonly Step[] }>(parse(workflow).jobs);
const steps = job?.steps ?? [];
const scriptOf = (wanted: string): string => steps.find(({ name }) => name === wanted)?.run ?? '';

test('the workflow has steps that each do one thing, and reports whatever the verdict', () => {
  assert.ok(steps.length > 5);
  for (const { uses, run } of steps) assert.ok((uses === undefined) !== (run === undefined));
  const after = steps.slice(steps.findIndex(({ name }) => name === 'experiment') + 1);
  for (const step of after) assert.match(step.if ?? '', /!cancelled\(\)/, JSON.stringify(step));
});

test('its steps run its experiment, and leave a page, a summary and JUnit XML', {
  skip: needs('fuse', 'setpriv', 'root'),
}, async (t) => {
  const cwd = temporaryFolders(t, 'bin', 'chaos', 'tmp');
  const shim = (name: string, text: string): void => {
    writeFileSync(join(cwd, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(cwd, 'bin', name), 0o755);
  };
  shim('havock8s', `exec '${process.execPath}' '${program}' "$@"`);
  shim('sudo', 'exec "$@"');
  const port = await freePort();
  writeFileSync(join(cwd, 'chaos/hanging-disk.yaml'), experiment.replaceAll('8093', String(port)));
  const env = {
    PATH: `${join(cwd, 'bin')}:${process.env['PATH']}`,
    TMPDIR: join(cwd, 'tmp'),
    GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'),
  };
  for (const name of ['experiment', 'reports']) {
    const { code, stderr } = await spawnProgram(t, ['bash', '-e', '-c', scriptOf(name)], { cwd, env }).ended;
    assert.equal(code, 0, `${name}: ${stderr}`);
  }
  const left = (path: string): string => readFileSync(join(cwd, path), 'utf8');
  assert.match(left('chaos-runs/report.html'), /^<!doctype html>/);
  assert.match(left('summary.md'), /^## ✅ Passed: hanging-disk/);
  assert.match(left('junit.xml'), /tests="5" failures="0" errors="0"/);
});
