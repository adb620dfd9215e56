/** However `havock8s run` ends, and however many go on at once: nothing is left, and nothing is mixed up. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { valueAt } from '../../../core/json.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { freePort } from '../../sidecar/network/ports.js';
import { asNobody } from '../as-nobody.js';
import { type Ran, runCli } from '../run-cli.js';
import { isAlive } from '../started-local.js';
import { temporaryFolders } from '../temporary-folders.js';
import { begun, ended, server, skip } from './page-run.js';

test('whoever asks for the end gets it, with `finally`, and nothing is left', { skip }, async (t) => {
  const run = await begun(t, {
    during: { failures: 100 },
    steps: [{ name: 'hang', fault: 'disk freeze on open for 5m' }],
    more: { finally: { steps: [{ name: 'last', wait: { for: '100ms' } }], timeLimit: '5s' } },
  });
  await run.says(/hang +disk freeze/);
  run.child.kill('SIGTERM');
  const { code, judgement, events } = await ended(run);
  assert.deepEqual([code, judgement.verdict, judgement.reason], [4, 'Aborted', 'Asked']);
  assert.ok(events.some((event) => event.type === 'step-ended' && event.step === 'finally.last'));
});

test('killed without a word, it leaves no fault, no mount and no process', { skip }, async (t) => {
  const run = await begun(t, {
    during: { failures: 100 },
    steps: [{ name: 'hang', fault: 'disk freeze on open for 5m' }],
  });
  await run.says(/hang +disk freeze/);
  const pids = descendants(run.child.pid ?? 0);
  assert.ok(pids.length > 2, 'the command and the sidecar');
  run.child.kill('SIGKILL');
  await run.ended;
  await until(() => pids.every((pid) => !isAlive(pid)));
  assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(run.root), 'a mount is left');
  const left = readdirSync(join(run.root, 'tmp'));
  assert.equal(left.length, 1, 'where its disk was');
  mkdirSync(join(run.root, 'tmp', 'havock8s-run-of-somebody'));
  const next = await runCli(t, ['run', '-f', 'page.yaml', '--', 'true'], {
    cwd: run.root,
    env: { TMPDIR: join(run.root, 'tmp') },
  });
  assert.equal(next.code, 3, next.stderr);
  assert.deepEqual(readdirSync(join(run.root, 'tmp')), ['havock8s-run-of-somebody']);
});

test('what the command left running ends with the run', { skip }, async (t) => {
  const port = await freePort();
  const mark = `1000${process.pid}.5`;
  const run = await begun(t, {
    steps: [{ name: 'slow', fault: 'disk latency 5ms on open for 1s' }],
    more: {
      local: {
        disks: [{ name: 'www' }],
        command: ['sh', '-c', `sleep ${mark} & exec ${process.execPath} ${server} ${port}`],
      },
      hypothesis: {
        probes: [{ name: 'page', http: { url: `http://127.0.0.1:${port}/` }, interval: '100ms' }],
      },
    },
  });
  const { judgement, stderr } = await ended(run);
  assert.equal(judgement.verdict, 'Passed', stderr);
  const left = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandLineOf(pid).includes(mark));
  assert.deepEqual(
    left.filter((pid) => isAlive(Number(pid))),
    [],
  );
});

test('whoever is in the group of the command is asked to end, and has time for it', { skip }, async (t) => {
  const end = join(temporaryFolders(t), 'ended');
  const port = await freePort();
  const slow = `trap 'sleep 0.5; echo >${end}; exit' TERM; while :; do sleep 0.05; done`;
  const run = await begun(t, {
    steps: [{ wait: { for: '1ms' } }],
    more: {
      local: {
        disks: [{ name: 'www' }],
        command: ['sh', '-c', `(${slow}) & exec ${process.execPath} ${server} ${port}`],
      },
      hypothesis: {
        probes: [{ name: 'page', http: { url: `http://127.0.0.1:${port}/` }, interval: '100ms' }],
      },
    },
  });
  await ended(run);
  assert.ok(existsSync(end));
});

test('two runs of one file at the same time have a journal each, and none is written over', {
  skip,
}, async (t) => {
  const root = temporaryFolders(t, 'tmp');
  const file = {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'twice' },
    spec: { local: { disks: [{ name: 'data' }] }, steps: [{ wait: { for: '1ms' } }] },
  };
  writeFileSync(join(root, 'twice.yaml'), JSON.stringify(file));
  const run = (...flags: readonly string[]): Promise<Ran> => {
    const args = ['run', '-f', 'twice.yaml', '-o', 'json', ...flags, '--', 'sleep', '60'];
    return runCli(t, args, { cwd: root, env: { TMPDIR: join(root, 'tmp') } });
  };
  const runs = await Promise.all([run(), run()]);
  const journals = runs.map(({ code, stdout, stderr }) => {
    assert.equal(code, 3, stderr);
    return String(valueAt(JSON.parse(stdout), ['journal']));
  });
  assert.equal(new Set(journals).size, 2);
  const [first = ''] = journals;
  const before = readFileSync(join(root, first), 'utf8');
  const again = await run('--journal', first);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /is there already; expected a new file/);
  assert.equal(readFileSync(join(root, first), 'utf8'), before);
});

test('without root it needs no more than `local` does, also where the file comes by stdin', {
  skip: needs('root', 'fuse', 'unshare'),
}, async (t) => {
  const port = await freePort();
  const program = `require('http').createServer((_, answer) => {
    require('fs').readFile(process.env.HAVOCK8S_DISK_WWW + '/page', (error) => answer.end(String(error ?? 'read')));
  }).listen(${port}, '127.0.0.1')`;
  const file = {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'nobody' },
    spec: {
      local: { disks: [{ name: 'www' }], command: ['../node', '-e', program] },
      hypothesis: {
        probes: [{ name: 'page', http: { url: `http://127.0.0.1:${port}/` }, interval: '100ms' }],
      },
      steps: [{ name: 'slow', fault: 'disk latency 5ms on meta for 1s' }],
    },
  };
  const run = asNobody(t, ['run', '-f', '-', '--journal', 'journal.jsonl', '-o', 'json']);
  run.child.stdin?.end(JSON.stringify(file));
  const { stdout, stderr } = await run.ended;
  assert.equal(JSON.parse(stdout || '{}').verdict, 'Passed', stderr);
});

/** Of a process: those that it began, and theirs. */
function descendants(pid: number): readonly number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
