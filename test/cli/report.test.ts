/** `havock8s report`: formats, files, and what is no journal. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { passed, textOf } from '../experiment/report/journals.js';
import { needs } from '../needs.js';
import { askCli } from './ask-cli.js';
import { errorOf, runCli } from './run-cli.js';
import { temporaryFolders } from './temporary-folders.js';

const skip = needs('setpriv');

test('each format is written, and text is for the terminal', { skip }, async (t) => {
  const cwd = temporaryFolders(t);
  writeFileSync(join(cwd, 'a.jsonl'), textOf(passed));
  const said = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await askCli(['report', 'a.jsonl', ...args], { cwd });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const alone = await runCli(t, ['report', 'a.jsonl'], { cwd });
  assert.match(alone.stdout, /^Passed {2}hanging-disk\n {2}The system held\n/);
  assert.equal(await said('-o', 'text'), alone.stdout);
  assert.match(await said('-o', 'html'), /^<!doctype html>\n<html lang="en">/);
  assert.match(await said('-o', 'svg'), /^<svg xmlns=/);
  assert.match(await said('-o', 'junit'), /^<\?xml /);
  assert.match(await said('--output=markdown'), /^## ✅ Passed: hanging-disk/);
  const { judgement, probes, recovery } = JSON.parse(await said('-o', 'json'));
  assert.equal(judgement.verdict, 'Passed');
  assert.equal(probes[0].phases.during.latency.p99Ms, 2000);
  assert.deepEqual(recovery.at(-1), { part: 'stable', tookMs: 200 });
});

test('--to writes a file, with its folder, and says which', { skip }, async (t) => {
  const cwd = temporaryFolders(t);
  writeFileSync(join(cwd, 'a.jsonl'), textOf(passed));
  const args = ['report', 'a.jsonl', '-o', 'junit', '--to', 'out/junit.xml'];
  const { code, stdout, stderr } = await askCli(args, { cwd });
  assert.deepEqual([code, stdout, stderr], [0, '', 'written to out/junit.xml\n']);
  assert.match(readFileSync(join(cwd, 'out/junit.xml'), 'utf8'), /<\/testsuites>\n$/);
  const onto = await askCli(['report', 'a.jsonl', '--to', 'out'], { cwd });
  assert.equal(onto.code, 2);
  assert.match(onto.stderr, /--to out: EISDIR/);
});

test('what is no journal, and a format that nobody writes, are refused', { skip }, async (t) => {
  const cwd = temporaryFolders(t);
  writeFileSync(join(cwd, 'a.jsonl'), `${textOf(passed)}{}\n`);
  const wrong = await askCli(['report', 'a.jsonl', '-o', 'json'], { cwd });
  assert.equal(wrong.code, 2);
  assert.equal(errorOf(wrong).code, 'bad-input');
  assert.match(wrong.stderr, /"subject":"a\.jsonl:26"/);
  const missing = await askCli(['report', 'b.jsonl'], { cwd });
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /b\.jsonl: there is no such file/);
  const format = await askCli(['report', 'a.jsonl', '-o', 'pdf'], { cwd });
  assert.equal(format.code, 2);
  assert.match(
    format.stderr,
    /argument 'pdf' is invalid\. Allowed choices are text, json, html, junit, markdown, svg/,
  );
  const elsewhere = await askCli(['version', '-o', 'junit'], { cwd });
  assert.equal(elsewhere.code, 2);
  assert.match(elsewhere.stderr, /argument 'junit' is invalid\. Allowed choices are text, json\./);
});
