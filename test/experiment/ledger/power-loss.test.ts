/** Databases that sync what they acknowledge keep it when the power is cut; those that do not lose it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import type { LedgerTarget } from '../../../experiment/ledger/databases/database.js';
import { startLedger } from '../../../experiment/ledger/ledger.js';
import { readBackLedger } from '../../../experiment/ledger/read-back-ledger.js';
import type { LedgerResult } from '../../../experiment/ledger/result.js';
import { lastFirst } from '../../cli/last-first.js';
import { needs } from '../../needs.js';
import { Postgres } from '../../sidecar/mounted/databases/postgres.js';
import { acknowledge } from './acknowledge.js';
import { PowerlessDisk } from './powerless-disk.js';
import { RedisServer } from './redis-server.js';

for (const [setting, data] of [
  ['fsync=on', 'Intact'],
  ['fsync=off', 'Lost'],
] as const) {
  test(`a PostgreSQL with ${setting} is ${data} after a power cut`, {
    skip: needs('root', 'loop', 'postgres'),
  }, async (t) => {
    const disk = powerlessDisk(t);
    const postgres = await Postgres.create(disk.mount, [setting, 'full_page_writes=on']);
    lastFirst(t, () => postgres.close());
    const result = await throughPowerCut(t, {
      disk,
      target: targetOf(postgres),
      kill: () => postgres.stop('SIGQUIT'),
      startLeft: async (left) => {
        const again = await Postgres.on(join(left, 'pgdata'));
        lastFirst(t, () => again.close());
        return targetOf(again);
      },
    });
    assertResult(result, data);
  });
}

for (const [appendfsync, data] of [
  ['always', 'Intact'],
  ['no', 'Lost'],
] as const) {
  test(`a Redis with appendfsync ${appendfsync} is ${data} after a power cut`, {
    skip: needs('root', 'loop', 'redis'),
  }, async (t) => {
    const disk = powerlessDisk(t);
    const redis = await RedisServer.start(join(disk.mount, 'redis'), ['--appendfsync', appendfsync]);
    lastFirst(t, () => redis.kill());
    const result = await throughPowerCut(t, {
      disk,
      target: { kind: 'redis', url: redis.url },
      kill: () => redis.kill(),
      startLeft: async (left) => {
        const again = await RedisServer.start(join(left, 'redis'));
        lastFirst(t, () => again.kill());
        return { kind: 'redis', url: again.url };
      },
    });
    assertResult(result, data);
  });
}

interface Cut {
  readonly disk: PowerlessDisk;
  readonly target: LedgerTarget;
  readonly kill: () => Promise<void>;
  /** On what the cut left. */
  readonly startLeft: (left: string) => Promise<LedgerTarget>;
}

const afterSync = 40;
/** Writers of a ledger: what each had begun while the disk was synced may be there, and is acknowledged after. */
const begun = 4;

async function throughPowerCut(
  t: TestContext,
  { disk, target, kill, startLeft }: Cut,
): Promise<LedgerResult> {
  const stateDir = mkdtempSync(join(tmpdir(), 'havock8s-ledger-'));
  lastFirst(t, () => rmSync(stateDir, { recursive: true }));
  const ledger = await startLedger({ target, stateDir }, systemClock);
  lastFirst(t, () => ledger.stop());
  await acknowledge(ledger, 20);
  disk.sync();
  await acknowledge(ledger, afterSync + begun);
  await kill();
  const left = disk.afterPowerCut();
  await ledger.stop();
  return readBackLedger({ stateDir, readBackFrom: [await startLeft(left)] }, systemClock);
}

function assertResult(
  { data, lost, acknowledged, message }: LedgerResult,
  expected: 'Intact' | 'Lost',
): void {
  assert.equal(data, expected, message);
  if (expected === 'Intact') assert.equal(lost, 0);
  else assert.ok(lost >= afterSync && lost <= acknowledged - 20, `${lost} of ${acknowledged}`);
}

function powerlessDisk(t: TestContext): PowerlessDisk {
  const disk = new PowerlessDisk();
  lastFirst(t, () => disk.close());
  return disk;
}

const targetOf = ({ socketDirectory }: Postgres): LedgerTarget => ({
  kind: 'postgres',
  url: `postgres:///postgres?host=${socketDirectory}&user=app`,
});
