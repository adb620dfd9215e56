/** The commands around the file of an experiment: what `new` writes is right, `validate` and `explain` read it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { onTerminal } from '../on-terminal.js';
import { program, runCli, spawnProgram } from '../run-cli.js';
import { temporaryFolders } from '../temporary-folders.js';

test('what `new` writes is right, is explained, and is what the schema for editors says', async (t) => {
  const cwd = temporaryFolders(t);
  const words = ['new', 'slow', '--fault', 'disk latency 200ms on fsync', '--probe', 'http://127.0.0.1:1/'];
  const made = await runCli(t, [...words, '--', './server', '--name', 'a b'], { cwd });
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /^slow\.yaml is written; next: havock8s explain -f slow\.yaml$/m);

  const text = readFileSync(join(cwd, 'slow.yaml'), 'utf8');
  assert.match(text, /command: \[ ?\.\/server, --name, a b ?\]/);
  const validated = await runCli(t, ['validate', '-f', 'slow.yaml'], { cwd });
  assert.equal(validated.stdout, 'slow.yaml: slow is right: 1 step, 1 probe\n');
  const explained = await runCli(t, ['explain', '-f', 'slow.yaml'], { cwd });
  assert.match(explained.stdout, /1\. fault: On every volume, fsync operations take 200ms longer/);

  const { stdout } = await runCli(t, ['validate', '--schema']);
  const conforms = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(stdout));
  assert.ok(conforms(parse(text)), JSON.stringify(conforms.errors));
  assert.ok(!conforms({ ...parse(text), more: 1 }));
});

test('`new` never writes over a file, and refuses what would be no experiment', async (t) => {
  const cwd = temporaryFolders(t);
  writeFileSync(join(cwd, 'mine.yaml'), 'mine');
  const over = await runCli(t, ['new', 'mine'], { cwd });
  assert.equal(over.code, 2);
  assert.match(over.stderr, /--to mine\.yaml: is there already; expected a new file/);
  assert.equal(readFileSync(join(cwd, 'mine.yaml'), 'utf8'), 'mine');
  const wrong = await runCli(t, ['new', 'other', '--fault', 'disk latensy 1s'], { cwd });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /did you mean "latency"\?/);
  assert.ok(!existsSync(join(cwd, 'other.yaml')));
});

test('`validate` tells the problems of every file, and reads from stdin', async (t) => {
  const cwd = temporaryFolders(t);
  writeFileSync(join(cwd, 'a.yaml'), 'kind: Experiment\n');
  writeFileSync(join(cwd, 'b.yaml'), 'kind: Pod\n');
  const { code, stderr } = await runCli(t, ['validate', '-f', 'a.yaml', '-f', 'b.yaml'], { cwd });
  assert.equal(code, 2);
  assert.match(stderr, /a\.yaml:1:1: apiVersion is missing; expected havock8s\.io\/v1alpha1/);
  assert.match(stderr, /b\.yaml:1:7: kind is "Pod"; expected Experiment/);
});

const schedule = (hour: string) => `apiVersion: havock8s.io/v1alpha1
kind: ExperimentSchedule
metadata: { name: nightly, namespace: shop }
spec:
  schedule: '0 ${hour} * * Tue'
  timeZone: Europe/Berlin
  template:
    spec:
      targets: [{ name: db, workload: { kind: StatefulSet, name: pg } }]
      steps: [{ name: slow, fault: disk latency 50ms on fsync for 30s }]
`;

test('`validate` and `explain -f` read schedules too: when runs are started, and what is wrong with them', async (t) => {
  const cwd = temporaryFolders(t);
  writeFileSync(join(cwd, 'nightly.yaml'), schedule('3'));
  const validated = await runCli(t, ['validate', '-f', 'nightly.yaml'], { cwd });
  const time = 'Tue \\d{4}-\\d\\d-\\d\\d 03:00 \\(0[12]:00 UTC\\)';
  assert.match(
    validated.stdout,
    new RegExp(`^nightly.yaml: schedule nightly is right; next: ${time}, ${time}, ${time}\n$`),
  );
  const explained = await runCli(t, ['explain', '-f', 'nightly.yaml'], { cwd });
  assert.match(explained.stdout, /A run is started by "0 3 \* \* Tue" in Europe\/Berlin\./);
  assert.match(explained.stdout, /1\. slow: On every volume, fsync operations take 50ms longer/);

  writeFileSync(join(cwd, 'wrong.yaml'), schedule('33').replace('latency', 'latensy'));
  const { code, stderr } = await runCli(t, ['validate', '-f', 'wrong.yaml'], { cwd });
  assert.equal(code, 2);
  assert.match(stderr, /wrong\.yaml:5:13: spec\.schedule: "0 33 \* \* Tue"/);
  assert.match(
    stderr,
    /wrong\.yaml:10:\d+: spec\.template\.spec\.steps\[0\]\.fault: .*did you mean "latency"\?/,
  );
});

test('a file may name its namespace, and the command line no other one', async (t) => {
  const cwd = temporaryFolders(t);
  const text = `apiVersion: havock8s.io/v1alpha1
kind: Experiment
metadata: { name: slow, namespace: shop }
spec:
  targets: [{ name: db, workload: { kind: StatefulSet, name: pg } }]
  steps: [{ name: slow, fault: disk latency 50ms on fsync for 30s }]
`;
  writeFileSync(join(cwd, 'slow.yaml'), text);
  const validated = await runCli(t, ['validate', '-f', 'slow.yaml'], { cwd });
  assert.equal(validated.code, 0, validated.stderr);
  for (const command of ['run', 'plan']) {
    const { code, stderr } = await runCli(t, [command, '-f', 'slow.yaml', '-n', 'other'], { cwd });
    assert.equal(code, 2, stderr);
    assert.match(
      stderr,
      /metadata\.namespace: is shop in slow\.yaml; expected the same as --namespace other/,
    );
  }
  writeFileSync(join(cwd, 'slow.yaml'), text.replace('shop', 'Shop'));
  const wrong = await runCli(t, ['validate', '-f', 'slow.yaml'], { cwd });
  assert.match(
    wrong.stderr,
    /slow\.yaml:3:\d+: metadata\.namespace is "Shop"; expected a namespace of a cluster/,
  );
});

test('on a terminal `new` asks, says what is wrong with an answer, and asks again', async (t) => {
  const cwd = temporaryFolders(t);
  const asked = spawnProgram(t, onTerminal([process.execPath, program, 'new']), { cwd });
  const type = (text: string): void => void asked.child.stdin?.write(text);
  await asked.says(/What is it called\?/);
  type('Mine\n');
  await asked.says(/metadata\.name is "Mine"; expected a name/);
  type('mine\n');
  await asked.says(/What goes wrong\?/);
  type('disk latensy 1s\n');
  await asked.says(/did you mean "latency"/);
  type('disk latency 1s on fsync\n');
  await asked.says(/What must go on to answer/);
  type('\n');
  const { code } = await asked.ended;
  assert.equal(code, 0);
  assert.match(readFileSync(join(cwd, 'mine.yaml'), 'utf8'), /fault: disk latency 1s on fsync/);
});

for (const [key, text] of [
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
] as const)
  test(`${key} leaves \`new\`, and nothing is written`, async (t) => {
    const cwd = temporaryFolders(t);
    const asked = spawnProgram(t, onTerminal([process.execPath, program, 'new']), { cwd });
    await asked.says(/What is it called\?/);
    asked.child.stdin?.write(text);
    const { code, stdout } = await asked.ended;
    assert.equal(code, 130);
    assert.match(stdout, /nothing is written\s*$/);
    assert.deepEqual(readdirSync(cwd), []);
  });
