/** The commands that ask nobody: explain, effects, version, and the help of them all. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createProgram } from '../../cli/program.js';
import { parse } from '../../faults/parse.js';
import { reference } from '../../faults/reference.js';
import { askCli } from './ask-cli.js';
import { onTerminal } from './on-terminal.js';
import { program, type Ran, runCli, spawnCli, spawnProgram } from './run-cli.js';

const commands = createProgram().commands.map((command) => command.name());

test('the program begins with a line that makes it executable', () => {
  assert.match(readFileSync(program, 'utf8'), /^#!\/usr\/bin\/env node\n/);
});

for (const command of commands) {
  test(`${command} --help teaches by example`, async () => {
    const { code, stdout, stderr } = await askCli([command, '--help']);
    assert.equal(code, 0);
    assert.equal(stderr, '');
    assert.match(stdout, new RegExp(`Examples:.*havock8s ${command}`, 's'));
    assert.match(stdout, /--output <format>/);
  });
}

test('--help names every command and every exit code', async () => {
  const { code, stdout } = await askCli(['--help']);
  assert.equal(code, 0);
  for (const command of commands) assert.match(stdout, new RegExp(`^ {2}${command}\\b`, 'm'));
  for (const number of [0, 1, 2]) assert.match(stdout, new RegExp(`^ {2}${number} {2}\\S`, 'm'));
});

test('no command at all gets the help, and is bad usage', async () => {
  const { code, stdout, stderr } = await askCli([]);
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /^Usage: havock8s /);
  assert.doesNotMatch(stderr, /error:/);
});

test('every sentence in the help is a right one', () => {
  const sentences = createProgram().commands.flatMap((command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    return [
      ...help.matchAll(/havock8s (?:explain|arm \S+) (?:'([^']+)'|((?:disk|tcp) [^'\n]*?))(?: -.*)?$/gm),
    ];
  });
  assert.ok(sentences.length >= 6, 'the pattern finds them');
  const written = sentences
    .map(([, quoted, bare]) => quoted ?? bare ?? '')
    .filter((text) => !text.includes('latensy'));
  for (const sentence of written)
    assert.equal(parse(sentence.replace(/ --output json$/, '')).kind, 'fault', sentence);
});

test('explain says the canonical sentence and what it does, words quoted or not', async (t) => {
  const [quoted, bare] = await Promise.all([
    runCli(t, ['explain', 'disk  latency 0.2s on fsync']),
    askCli(['explain', 'disk', 'latency', '0.2s', 'on', 'fsync']),
  ]);
  assert.equal(quoted.code, 0);
  assert.equal(quoted.stdout, bare.stdout);
  assert.match(quoted.stdout, /^disk latency 200ms on fsync\n {2}\S.*fsync/);
});

test('explain -o json is one object, before and behind the name of the command', async () => {
  const runs = [
    ['explain', '-o', 'json', 'disk freeze for 30s'],
    ['--output', 'json', 'explain', 'disk', 'freeze', 'for', '30s'],
    ['explain', 'disk', 'freeze', 'for', '30s', '--output=json'],
  ];
  for (const args of runs) {
    const { code, stdout } = await askCli(args);
    assert.equal(code, 0);
    const { sentence, explanation, fault } = JSON.parse(stdout);
    assert.equal(sentence, 'disk freeze for 30s');
    assert.match(explanation, /30s/);
    assert.equal(fault.effect.kind, 'freeze');
  }
});

test('effects shows every effect and clause of the grammar', async (t) => {
  const { code, stdout } = await runCli(t, ['effects']);
  assert.equal(code, 0);
  for (const { syntax } of [...reference.effects, ...reference.clauses])
    assert.ok(stdout.includes(syntax), syntax);
});

test('effects NAME shows one word, whatever it is: effect, clause, group, operation, error', async () => {
  const words = {
    latency: /disk latency D/,
    chance: /chance P/,
    sync: /fsyncdir/,
    fsyncdir: /in the groups/,
    eio: /error EIO/,
  };
  for (const [word, pattern] of Object.entries(words)) {
    const { code, stdout } = await askCli(['effects', word]);
    assert.equal(code, 0);
    assert.match(stdout, pattern);
  }
});

test('effects -o json is the reference itself', async () => {
  const { stdout } = await askCli(['effects', '-o', 'json']);
  assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(reference)));
});

test('version is that of the package', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal(JSON.parse((await runCli(t, ['version', '-o', 'json'])).stdout).version, version);
  assert.equal((await askCli(['--version'])).stdout, `${version}\n`);
});

test('whoever stops reading ends it quietly', async (t) => {
  const { child, ended } = spawnCli(t, ['effects', '-o', 'json']);
  child.stdout?.destroy();
  await once(child, 'close');
  assert.equal((await ended).stderr, '');
});

test('colours are for terminals, and NO_COLOR is honoured there', async (t) => {
  const words = onTerminal([process.execPath, program, 'effects', 'latency']);
  const coloured = (env: NodeJS.ProcessEnv) => spawnProgram(t, words, { env }).ended;
  const isColoured = ({ stdout }: Ran): boolean => stdout.includes('\u001b[1m');
  assert.ok(!isColoured(await askCli(['effects', 'latency'])));
  assert.ok(isColoured(await coloured({ TERM: 'xterm' })));
  assert.ok(!isColoured(await coloured({ TERM: 'xterm', NO_COLOR: '1' })));
  assert.ok(!isColoured(await coloured({ TERM: 'dumb' })));
});
