/** One more crash before the data is read back: of the process, and of the machine, on real servers. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { JournalEvent } from '../../../experiment/journal/events.js';
import { PowerlessDisk } from '../../experiment/ledger/powerless-disk.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { freePort } from '../../sidecar/network/ports.js';
import { lastFirst } from '../last-first.js';
import { spawnCli } from '../run-cli.js';
import { temporaryFolders } from '../temporary-folders.js';

interface Wanted {
  /** Of redis-server, beside `--port`. */
  readonly words: string;
  readonly crashBeforeReadBack: boolean;
  /** What is served; without it, a folder of the run's. */
  readonly backing?: string;
  /** A line of shell that may choose another `data`. */
  readonly before?: string;
}

interface Crashed {
  readonly root: string;
  readonly judged: Promise<{ readonly verdict: string; readonly data: string; readonly message: string }>;
}

async function started(
  t: TestContext,
  { words, crashBeforeReadBack, backing, before = '' }: Wanted,
): Promise<Crashed> {
  const root = temporaryFolders(t, 'tmp', 'mount');
  const port = await freePort();
  const server = `redis-server --dir "$data" --port ${port} --save "" --loglevel warning ${words} >/dev/null`;
  const url = `redis://127.0.0.1:${port}`;
  const probe = {
    name: 'answers',
    redis: { url },
    interval: '100ms',
    tolerance: { after: { stableFor: '100ms' } },
  };
  const file = {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'crash' },
    spec: {
      local: {
        disks: [{ name: 'data', ...(backing !== undefined && { backing, mount: 'mount' }) }],
        command: ['sh', '-c', `data=$HAVOCK8S_DISK_DATA; ${before}\nexec ${server}`],
        restart: 'onFailure',
      },
      hypothesis: { probes: [probe] },
      ledger: { redis: { url }, crashBeforeReadBack },
      steps: [{ wait: { for: '500ms' } }],
      assumptions: { minimumMeasurements: 1 },
    },
  };
  writeFileSync(join(root, 'crash.yaml'), JSON.stringify(file));
  const args = ['run', '-f', 'crash.yaml', '--journal', 'journal.jsonl', '-o', 'json'];
  const { ended } = spawnCli(t, args, { cwd: root, env: { TMPDIR: join(root, 'tmp') } });
  const judged = ended.then(({ stdout, stderr }) => {
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout);
  });
  return { root, judged };
}

const skip = needs('fuse', 'setpriv', 'redis');

for (const { words, crashBeforeReadBack, verdict, data } of [
  { words: '--appendonly no', crashBeforeReadBack: false, verdict: 'Passed', data: 'Intact' },
  { words: '--appendonly no', crashBeforeReadBack: true, verdict: 'Failed', data: 'Lost' },
  { words: '--appendonly yes', crashBeforeReadBack: true, verdict: 'Passed', data: 'Intact' },
])
  test(`a Redis with ${words} is ${data} ${crashBeforeReadBack ? 'after one more crash' : 'without a crash'}`, {
    skip,
  }, async (t) => {
    const { root, judged } = await started(t, { words, crashBeforeReadBack });
    const judgement = await judged;
    assert.deepEqual([judgement.verdict, judgement.data], [verdict, data], judgement.message);
    const events: readonly JournalEvent[] = readFileSync(join(root, 'journal.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const kills = events.filter(({ type }) => type === 'signalled');
    assert.equal(kills.length, crashBeforeReadBack ? 1 : 0);
    const [killed, read] = [kills[0], events.find(({ type }) => type === 'ledger-read')];
    if (killed !== undefined) assert.ok(read !== undefined && killed.atMs < read.atMs);
  });

for (const [appendfsync, data] of [
  ['always', 'Intact'],
  ['no', 'Lost'],
] as const)
  test(`a Redis with appendfsync ${appendfsync} is ${data} where the crash is that of its machine`, {
    skip: skip || needs('root', 'loop'),
  }, async (t) => {
    const disk = new PowerlessDisk();
    lastFirst(t, () => disk.close());
    const { judged, root } = await started(t, {
      words: `--appendonly yes --appendfsync ${appendfsync}`,
      crashBeforeReadBack: true,
      backing: disk.mount,
      // Started again, it finds what the power cut left.
      before:
        'if [ -e began ]; then touch cut; until [ -e left ]; do sleep 0.05; done; data=$(cat left); fi; touch began',
    });
    await until(() => existsSync(join(root, 'cut')), 60_000);
    const left = disk.afterPowerCut();
    writeFileSync(join(root, 'left.new'), left);
    renameSync(join(root, 'left.new'), join(root, 'left'));
    const judgement = await judged;
    assert.equal(judgement.data, data, judgement.message);
    assert.equal(judgement.verdict, data === 'Intact' ? 'Passed' : 'Failed');
  });
