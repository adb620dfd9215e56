/** However and whenever `havock8s local` is told to end, it leaves nothing: no mount, process, socket or temporary file. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { spawnCli } from '../../cli/run-cli.js';
import { errnoName } from '../../conformance/observe.js';
import { needs } from '../../needs.js';
import { SeededRandom } from '../../seeded-random.js';
import { Control } from '../mounted/control.js';
import { until } from '../mounted/until.js';

const skip = needs('root', 'fuse', 'setpriv');
const seed = Number(process.env['HAVOCK8S_RANDOM_SEED'] ?? Date.now() % 2 ** 31);
const random = new SeededRandom(seed);
const endMs = 15_000;

const frozen = [
  '--fault',
  'ice=disk freeze on read,write',
  '--',
  'sh',
  '-c',
  'cat "$0/file"; echo x > "$0/file"',
  'MOUNT',
];

const workloads: Readonly<Record<string, readonly string[]>> = {
  'with no command': [],
  'around a command that is idle': ['--', 'sleep', '1000'],
  'around a command that works': [
    '--',
    'sh',
    '-c',
    'while :; do echo x >> "$0/log"; cat "$0/log" > /dev/null; sync "$0/log"; done',
    'MOUNT',
  ],
  'around a command that is frozen': frozen,
};

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  for (const [what, words] of Object.entries(workloads)) {
    test(`${signal} ${what} leaves nothing`, { skip }, (context) =>
      leavesNothing(context, words, async ({ says }) => {
        await atWork(says, words === frozen);
        return signal;
      }),
    );
  }
}

for (let turn = 0; turn < 8; turn += 1) {
  const signal = random.one(['SIGTERM', 'SIGINT'] as const);
  const afterMs = random.integer(1500);
  test(`${signal} after ${afterMs} ms leaves nothing (seed ${seed})`, { skip }, (context) =>
    leavesNothing(context, random.one(Object.values(workloads)), ({ started }) => {
      return until(() => performance.now() - started >= afterMs).then(() => signal);
    }),
  );
}

test('a second Ctrl-C on the heels of the first leaves nothing either', { skip }, (context) =>
  leavesNothing(context, frozen, async ({ says, kill }) => {
    await atWork(says, true);
    kill('SIGINT');
    return 'SIGINT';
  }),
);

interface Moment {
  readonly started: number;
  readonly says: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

async function atWork(says: Moment['says'], isFrozen: boolean): Promise<void> {
  const [, url] = await says(/control endpoint (http\S+)/);
  if (isFrozen) await new Control(url ?? '').awaitParked(1);
}

async function leavesNothing(
  context: TestContext,
  words: readonly string[],
  moment: (at: Moment) => Promise<NodeJS.Signals>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'havock8s-leaving-'));
  for (const name of ['backing', 'mount', 'temporary']) mkdirSync(join(directory, name));
  try {
    await runUntil(context, { directory, words }, moment);
    assert.deepEqual(leftBy(directory), { mounts: [], processes: [], sockets: [], temporary: [] });
    assert.deepEqual(readdirSync(join(directory, 'mount')), []);
    const kept = readdirSync(join(directory, 'backing')).filter((name) => !['file', 'log'].includes(name));
    assert.deepEqual(kept, []);
  } finally {
    spawnSync('umount', ['--lazy', '--quiet', join(directory, 'mount')]);
    rmSync(directory, { recursive: true });
  }
}

interface Trial {
  readonly directory: string;
  readonly words: readonly string[];
}

/** Resolves when the command has ended. */
async function runUntil(
  context: TestContext,
  { directory, words }: Trial,
  moment: (at: Moment) => Promise<NodeJS.Signals>,
): Promise<void> {
  const [backing, mount] = [join(directory, 'backing'), join(directory, 'mount')];
  writeFileSync(join(backing, 'file'), 'content');
  const args = ['local', '--disk', `${backing}=${mount}`, '--control', '127.0.0.1:0', ...words];
  const { child, says, ended } = spawnCli(
    context,
    args.map((word) => (word === 'MOUNT' ? mount : word)),
    { env: { TMPDIR: join(directory, 'temporary') } },
  );
  const kill = (signal: NodeJS.Signals) => process.kill(-(child.pid ?? 0), signal);
  kill(await moment({ started: performance.now(), says, kill }));
  await until(() => child.exitCode !== null || child.signalCode !== null, endMs);
  await ended;
}

function leftBy(directory: string): unknown {
  return {
    mounts: linesWith('/proc/self/mounts', directory),
    processes: processesWith(directory),
    sockets: linesWith('/proc/net/unix', directory),
    temporary: readdirSync(join(directory, 'temporary')),
  };
}

function linesWith(file: string, text: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes(text));
}

/** Processes whose command line or environment names the directory. */
function processesWith(directory: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) =>
      ['cmdline', 'environ'].some((file) => readIfThere(`/proc/${pid}/${file}`).includes(directory)),
    )
    .map((pid) => `${pid} ${readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').slice(0, 200)}`);
}

const unreadable = new Set(['ENOENT', 'ESRCH', 'EACCES']);

/** Processes come and go while one looks, and some are nobody's business. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (unreadable.has(errnoName(error))) return '';
    throw error;
  }
}
