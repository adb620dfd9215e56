/** `havock8s run`: each verdict, by a real server on a real mount; and that however it ends nothing is left. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { JournalEvent } from '../../../experiment/journal/events.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { freePort } from '../../sidecar/network/ports.js';
import { asNobody } from '../as-nobody.js';
import { type Ran, type Running, runCli, spawnCli } from '../run-cli.js';
import { isAlive } from '../started-local.js';
import { temporaryFolders } from '../temporary-folders.js';

const skip = needs('fuse', 'setpriv');
const server = fileURLToPath(new URL('./page-server.js', import.meta.url));

interface Spec {
  readonly steps: readonly object[];
  readonly during?: object;
  readonly restart?: string;
  readonly more?: object;
}

/** Written and begun; its disk is made for the run. */
async function begun(
  t: TestContext,
  { steps, during = {}, restart = 'never', more = {} }: Spec,
): Promise<Run> {
  const root = temporaryFolders(t, 'tmp');
  const port = await freePort();
  const file = {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'page' },
    spec: {
      local: { disks: [{ name: 'www' }], command: [process.execPath, server, String(port)], restart },
      hypothesis: {
        probes: [
          {
            name: 'page',
            http: { url: `http://127.0.0.1:${port}/` },
            interval: '100ms',
            timeout: '10s',
            tolerance: { during, after: { stableFor: '300ms' } },
          },
        ],
      },
      recoveryObjective: '30s',
      steps,
      ...more,
    },
  };
  writeFileSync(join(root, 'page.yaml'), JSON.stringify(file));
  const args = [
    'run',
    '-f',
    'page.yaml',
    '--journal',
    'journal.jsonl',
    '-o',
    'json',
    '--report',
    'out/a.html',
  ];
  return { root, ...spawnCli(t, args, { cwd: root, env: { TMPDIR: join(root, 'tmp') } }) };
}

interface Run extends Running {
  readonly root: string;
}

interface Ended extends Ran {
  readonly judgement: {
    readonly verdict: string;
    readonly reason: string;
    readonly message: string;
    readonly report: string;
  };
  readonly events: readonly JournalEvent[];
}

async function ended({ root, ended: ending }: Run): Promise<Ended> {
  const ran = await ending;
  assertNothingLeft(root);
  assert.notEqual(ran.stdout, '', ran.stderr);
  return { ...ran, judgement: JSON.parse(ran.stdout), events: eventsOf(root) };
}

const eventsOf = (root: string): readonly JournalEvent[] =>
  readFileSync(join(root, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

function assertNothingLeft(root: string): void {
  assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(root), 'a mount is left');
  assert.deepEqual(readdirSync(join(root, 'tmp')), [], 'the disk that was made is left');
}

test('a fault that hits and is borne is a pass, with what it hit and how long recovery took', {
  skip,
}, async (t) => {
  const run = await begun(t, { steps: [{ name: 'slow', fault: 'disk latency 5ms on open for 1s' }] });
  const { code, judgement, events, stderr } = await ended(run);
  assert.equal(judgement.verdict, 'Passed', stderr);
  assert.equal(code, 0);
  assert.match(
    judgement.message,
    /held under 1 fault, and all was well again after \d+\.\d s \(objective 30\.0 s\)/,
  );
  const counted = events.findLast((event) => event.type === 'fault-counted');
  assert.ok(counted?.type === 'fault-counted' && counted.injected > 0);
  const asked = events.findIndex(({ type }) => type === 'fault-asked');
  assert.ok(asked < events.findIndex(({ type }) => type === 'fault-armed'), 'written before it is armed');
  assert.match(stderr, /slow +disk latency 5ms on open until/);
  assert.equal(judgement.report, 'out/a.html');
  const page = readFileSync(join(run.root, 'out/a.html'), 'utf8');
  assert.match(page, /The system held.*Fault slow hit \d+ of \d+ operations/s);
});

test('a hypothesis that fails is told with the probe, the moment and what was seen', { skip }, async (t) => {
  const run = await begun(t, { steps: [{ name: 'broken', fault: 'disk error EIO on open for 1s' }] });
  const { code, judgement } = await ended(run);
  assert.deepEqual([code, judgement.verdict, judgement.reason], [1, 'Failed', 'HypothesisFailed']);
  assert.match(judgement.message, /^probe page .* failed \d+ times .*, first after \d+\.\d s: status 500 /);
});

test('a fault that hits nothing proves nothing', { skip }, async (t) => {
  const run = await begun(t, { steps: [{ name: 'idle', fault: 'disk error EIO on fsync for 1s' }] });
  const { code, judgement } = await ended(run);
  assert.deepEqual([code, judgement.verdict, judgement.reason], [3, 'Inconclusive', 'FaultHitNothing']);
});

test('the command and the fault proxy are killed under a fault, and all is well again', {
  skip,
}, async (t) => {
  const run = await begun(t, {
    restart: 'onFailure',
    during: { failures: 100 },
    steps: [
      {
        parallel: [
          { name: 'slow', fault: 'disk latency 5ms on open for 5s' },
          { name: 'proxy', kill: { process: 'fault-proxy' } },
          { name: 'server', kill: { process: 'command' } },
        ],
      },
    ],
  });
  const { judgement, events, stderr } = await ended(run);
  assert.equal(judgement.verdict, 'Passed', stderr);
  assert.equal(events.filter(({ type }) => type === 'signalled').length, 2);
  assert.equal(events.filter(({ type }) => type === 'command-began').length, 2);
});

test('a fault that follows the death of the fault proxy is armed by the next one', { skip }, async (t) => {
  const run = await begun(t, {
    during: { failures: 100 },
    steps: [
      { name: 'proxy', kill: { process: 'fault-proxy' } },
      { name: 'slow', fault: 'disk latency 5ms on open,read for 1s' },
    ],
  });
  const { judgement, events, stderr } = await ended(run);
  assert.equal(judgement.verdict, 'Passed', stderr);
  const gone = events.find((event) => event.type === 'step-ended' && event.step === 'proxy');
  assert.match(JSON.stringify(gone), /pid \d+ is gone, and pid \d+ serves/);
  const warnings = events.flatMap((event) => (event.type === 'warned' ? [event.message] : []));
  assert.ok(warnings.length <= 1, warnings.join('\n'));
  assert.doesNotMatch(warnings.join(''), /\n|--control/);
});

test('a command that ends while faults are on is a failure', { skip }, async (t) => {
  const run = await begun(t, {
    during: { failures: 100 },
    steps: [{ name: 'ends', fault: 'disk freeze on fsync for 1m' }],
    more: { timeLimit: '60s' },
  });
  await run.says(/ends +disk freeze/);
  const began = eventsOf(run.root).find((event) => event.type === 'command-began');
  assert.ok(began?.type === 'command-began');
  process.kill(began.pid, 'SIGKILL');
  const { code, judgement } = await ended(run);
  assert.deepEqual([code, judgement.reason], [1, 'CommandFailed']);
});

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

test('a wrong file starts nothing, and each problem has its place', { skip }, async (t) => {
  const run = await begun(t, {
    steps: [{ name: 'a', fault: 'disk latensy 5ms for 1s' }],
    more: { stepps: [] },
  });
  const { code, stderr } = await run.ended;
  assert.equal(code, 2);
  const { problems } = JSON.parse(stderr).error;
  assert.deepEqual(
    problems.map(({ message }: { message: string }) => message),
    [
      'spec.steps.0.fault: column 6: "latensy" is not an effect; did you mean "latency"?',
      'spec has no field "stepps"; did you mean "steps"?',
    ],
  );
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
