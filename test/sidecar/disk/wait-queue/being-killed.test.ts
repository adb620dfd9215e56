import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { isBeingKilled } from '../../../../sidecar/disk/wait-queue/being-killed.js';
import { until } from '../../mounted/until.js';

async function started(t: TestContext, program: string, args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

const stateOf = (pid: number): string =>
  /^State:\s*(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '';
const pidOf = ({ pid }: ChildProcess): number => pid ?? 0;

test('a process that runs is not being killed', async (t) => {
  assert.equal(isBeingKilled(process.pid), false);
  assert.equal(isBeingKilled(pidOf(await started(t, 'sleep', ['60']))), false);
});

test('a process that was stopped is not being killed, whatever signal waits for it', async (t) => {
  const child = await started(t, 'sleep', ['60']);
  child.kill('SIGSTOP');
  await until(() => stateOf(pidOf(child)) === 'T');
  assert.equal(isBeingKilled(pidOf(child)), false);
  child.kill('SIGTERM');
  await until(() => /^ShdPnd:\s*0*4000$/m.test(readFileSync(`/proc/${child.pid}/status`, 'latin1')));
  assert.equal(isBeingKilled(pidOf(child)), false);
});

test('a process that catches a signal is not being killed', async (t) => {
  const child = await started(t, 'sh', [
    '-c',
    'trap "echo caught" TERM; echo ready; while :; do sleep 0.01; done',
  ]);
  await once(child.stdout ?? assert.fail(), 'data');
  child.kill('SIGTERM');
  await once(child.stdout ?? assert.fail(), 'data');
  assert.equal(isBeingKilled(pidOf(child)), false);
});

test('a process that is gone was killed', async (t) => {
  const child = await started(t, 'sleep', ['60']);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  assert.equal(isBeingKilled(pidOf(child)), true);
  assert.equal(isBeingKilled(2 ** 22 + 1), true);
});
