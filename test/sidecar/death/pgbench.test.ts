/** PostgreSQL at work while the fault proxy is killed every two seconds. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { Postgres } from '../mounted/databases/postgres.js';
import { withMount } from '../mounted/mounted-disk.js';
import { deathSeconds, Reaper } from './reaper.js';

const skip = needs('root', 'fuse', 'postgres');

test('pgbench fails no transaction, and waits for none a second, while the fault proxy is killed', {
  skip,
}, async (context) => {
  const logs = mkdtempSync(join(tmpdir(), 'havock8s-pgbench-'));
  chmodSync(logs, 0o777);
  try {
    await withMount(async ({ mount, sidecar, log }) => {
      const postgres = await Postgres.create(mount);
      try {
        await postgres.fill(2);
        const reaper = new Reaper(sidecar);
        const { code, stdout, stderr } = await postgres.bench(
          deathSeconds,
          '--log',
          `--log-prefix=${join(logs, 'log')}`,
        );
        reaper.stop();
        const longestMs = longestTransactionMs(logs);
        context.diagnostic(`${reaper.kills} deaths, the longest transaction took ${longestMs} ms`);
        context.diagnostic(
          stdout
            .split('\n')
            .filter((line) => /tps|processed/.test(line))
            .join(', '),
        );
        assert.equal(code, 0, `${stderr}\n${log.join('\n')}`);
        assert.match(stdout, /number of failed transactions: 0 /);
        assert.ok(reaper.kills >= deathSeconds / 2 - 2, 'the fault proxy was hardly killed');
        assert.equal(await postgres.verify(), '');
        assert.ok(longestMs < 1000, `a transaction took ${longestMs} ms`);
      } finally {
        await postgres.close();
      }
    });
  } finally {
    rmSync(logs, { recursive: true });
  }
});

/** A line of pgbench's log: client, transaction, microseconds, ... */
function longestTransactionMs(logs: string): number {
  let longest = 0;
  for (const name of readdirSync(logs)) {
    for (const line of readFileSync(join(logs, name), 'utf8').split('\n')) {
      longest = Math.max(longest, Number(line.split(' ')[2] ?? 0));
    }
  }
  return Math.round(longest / 1000);
}
