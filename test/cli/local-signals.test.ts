/** Signals at `havock8s local` and its command: on a terminal and without one, alone and under a fault that holds everything. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { needs } from '../needs.js';
import { Control } from '../sidecar/mounted/control.js';
import { until } from '../sidecar/mounted/until.js';
import { onTerminal } from './on-terminal.js';
import { program, type Running, runCli, spawnCli, spawnProgram } from './run-cli.js';
import { signalListener } from './signal-listener.js';
import { assertNothingLeft, type Folders, folders, isAlive, startedLocal } from './started-local.js';

const skip = needs('fuse', 'setpriv');

const command = [process.execPath, '-e', signalListener];

async function listening(t: TestContext) {
  const local = await startedLocal(t, { command });
  const [, pid] = await local.says(/listening as (\d+)/);
  return { ...local, pid: Number(pid) };
}

test('SIGTERM is heard while the sidecar serves already and the start is still being told', {
  skip,
}, async (t) => {
  for (let turn = 0; turn < 2; turn += 1) {
    const at = folders(t);
    const state = join(at.root, 'state');
    const local = spawnCli(t, ['local', ...at.args, '--state', state]);
    // Written once the sidecar serves, before anything is told of it.
    await until(() => existsSync(join(state, 'control-url')));
    local.child.kill('SIGTERM');
    assert.ok([0, 143].includes((await local.ended).code ?? -1));
    assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(at.disk));
  }
});

test('SIGINT that no terminal sent is passed on; a second one is SIGTERM', { skip }, async (t) => {
  const local = await listening(t);
  local.child.kill('SIGINT');
  await local.says(/got SIGINT 1/);
  local.child.kill('SIGINT');
  assert.equal((await local.ended).code, 3);
  assertNothingLeft(local);
});

test('SIGHUP and SIGQUIT are passed on, and everything goes on; SIGTERM reaches the command once, and its exit code comes back', {
  skip,
}, async (t) => {
  const local = await listening(t);
  local.child.kill('SIGHUP');
  await local.says(/got SIGHUP 1/);
  local.child.kill('SIGQUIT');
  await local.says(/got SIGQUIT 1/);
  assert.equal((await runCli(t, ['ls', '--control', local.url])).code, 0);
  assert.ok(isAlive(local.pid));
  local.child.kill('SIGTERM');
  const { code, stdout } = await local.ended;
  assert.equal(code, 3);
  assert.deepEqual(stdout.match(/got .*/g), ['got SIGHUP 1', 'got SIGQUIT 1', 'got SIGTERM 1']);
  assertNothingLeft(local);
});

test('a command that ignores SIGTERM is killed by the second one', { skip }, async (t) => {
  const local = await startedLocal(t, {
    command: ['sh', '-c', 'trap "echo no" TERM; echo listening; while :; do sleep 0.1; done'],
  });
  await local.says(/listening/);
  local.child.kill('SIGTERM');
  await local.says(/no\n/);
  local.child.kill('SIGTERM');
  assert.equal((await local.ended).code, 137);
  assertNothingLeft(local);
});

test('SIGTERM under a freeze switches it off: the command finishes what it was at', { skip }, async (t) => {
  const local = await startedLocal(t, {
    options: ['--fault', 'ice=disk freeze on write'],
    command: ['sh', '-c', 'trap : TERM; echo writing; echo whole > disk/file; exec cat disk/file'],
  });
  await local.says(/writing/);
  const control = new Control(local.url);
  await until(async () => (await control.fault('ice')).tallies.matched > 0);
  local.child.kill('SIGTERM');
  const { code, stdout } = await local.ended;
  assert.equal(code, 0);
  assert.match(stdout, /writing\nwhole\n/);
  assertNothingLeft(local);
});

test('killed, havock8s takes its command and its mounts with it', {
  skip: skip || needs('root'),
}, async (t) => {
  const local = await listening(t);
  process.kill(local.child.pid ?? 0, 'SIGKILL');
  await local.says(/got SIGTERM 1/);
  await local.ended;
  await until(() => ![local.pid, local.holder, local.faultProxy].some(isAlive));
  await until(() => !readFileSync('/proc/self/mountinfo', 'utf8').includes(local.disk));
});

test('Ctrl-C on a terminal reaches the command once; twice in a row ends it', { skip }, async (t) => {
  const at = folders(t);
  const local = localOnTerminal(t, at, signalListener);
  await local.says(/listening as/);
  local.child.stdin?.write('\u0003');
  await local.says(/got SIGINT 1/);
  await local.says(/Ctrl-C is left to the command; twice within 2 s ends it/);
  local.child.stdin?.write('\u0003');
  await local.says(/got SIGTERM 1/);
  const { code, stdout } = await local.ended;
  assert.equal(code, 3);
  assert.deepEqual(stdout.match(/got SIG\w+ \d/g), ['got SIGINT 1', 'got SIGINT 2', 'got SIGTERM 1']);
});

test('a terminal that closes ends the command', { skip }, async (t) => {
  const at = folders(t);
  const heard = join(at.root, 'heard');
  const local = localOnTerminal(
    t,
    at,
    `process.on('SIGHUP', () => {});
     process.on('SIGTERM', () => { require('node:fs').writeFileSync(${JSON.stringify(heard)}, 'SIGTERM'); process.exit(); });
     setInterval(() => {}, 1000);
     console.log('listening as ' + process.pid);`,
  );
  const [, pid] = await local.says(/listening as (\d+)/);
  process.kill(local.child.pid ?? 0, 'SIGKILL');
  await until(() => !isAlive(Number(pid)));
  assert.equal(readFileSync(heard, 'utf8'), 'SIGTERM');
  await until(() => !readFileSync('/proc/self/mountinfo', 'utf8').includes(at.disk));
});

function localOnTerminal(t: TestContext, { args, root }: Folders, listens: string): Running {
  const words = [process.execPath, program, 'local', ...args, '--', process.execPath, '-e', listens];
  return spawnProgram(t, onTerminal(words), { cwd: root, env: { TERM: 'xterm' } });
}
