/** What a probe of the ledger says, of what a ledger knows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { readExperiment } from '../../../experiment/file/read-experiment.js';
import { type LedgerNow, LedgerTally } from '../../../experiment/ledger/ledger-now.js';
import { measure } from '../../../experiment/probes/measure.js';
import { localSecret } from '../../../experiment/secret.js';

async function saidOf(now: LedgerNow | null, condition?: string): Promise<string> {
  const probe = { ledger: {}, ...(condition !== undefined && { condition }) };
  const file = { apiVersion: 'havock8s.io/v1alpha1', kind: 'Experiment', metadata: { name: 'a' } };
  const spec = { ledger: { redis: { url: 'redis://127.0.0.1' } }, steps: [{ probe }] };
  const reading = readExperiment(JSON.stringify({ ...file, spec }));
  assert.equal(reading.kind, 'experiment', JSON.stringify(reading));
  const question = reading.kind === 'experiment' ? reading.experiment.spec.steps[0]?.probe : undefined;
  assert.ok(question);
  const options = { clock: systemClock, signal: new AbortController().signal, variables: {} };
  const { outcome, seen } = await measure(question, { ...options, ledger: () => now, secret: localSecret });
  return `${outcome}: ${seen.replace(/ after \d+ ms/, '')}`;
}

const well: LedgerNow = {
  ...{ acknowledged: 90, refused: 2, unknown: 1 },
  ...{ perSecond: 45.2, unavailableMs: 20, wrongReads: 0 },
};
const seen = '90 writes acknowledged, 45 a second, the last 20 ms ago; 0 wrong reads';

test('a ledger that does not write, or has written nothing, was not measured: that is never a pass', async () => {
  assert.equal(await saidOf(null), 'Error: the ledger does not write');
  assert.equal(await saidOf(null, 'true'), 'Error: the ledger does not write');
  assert.equal(
    await saidOf({ ...well, acknowledged: 0, refused: 0, unknown: 0 }, 'true'),
    'Error: no write of the ledger has come to anything yet',
  );
});

test('without a condition a write was acknowledged within a second, and no read was wrong', async () => {
  assert.equal(await saidOf(well), `Successful: ${seen}`);
  assert.match(
    await saidOf({ ...well, unavailableMs: 1000.5 }),
    /^Failed: .*the last 1001 ms ago.*against unavailable < 1000/,
  );
  assert.match(await saidOf({ ...well, wrongReads: 1 }), /^Failed: .*1 wrong reads, against/);
  assert.match(
    await saidOf({ ...well, acknowledged: 0, unavailableMs: 9000 }),
    /^Failed: 0 writes acknowledged/,
  );
});

test('a condition asks for each of the figures', async () => {
  for (const condition of [
    'acknowledged == 90 && refused == 2 && unknown == 1',
    'operationsPerSecond > 45.0 && operationsPerSecond < 46',
    'unavailable <= 20 && wrongReads < 1',
  ])
    assert.equal(await saidOf(well, condition), `Successful: ${seen}`, condition);
});

test('the rate is that of the last seconds, and falls while nothing is acknowledged', () => {
  const tally = new LedgerTally();
  assert.deepEqual(tally.at(500), {
    ...{ acknowledged: 0, refused: 0, unknown: 0, perSecond: 0, unavailableMs: 500, wrongReads: 0 },
  });
  for (let number = 1; number <= 100; number += 1)
    tally.addWrite({ number, outcome: 'acknowledged', startedMs: number * 100 - 1, tookMs: 1 });
  tally.addWrite({ number: 101, outcome: 'refused', startedMs: 10_000, tookMs: 5 });
  tally.addWrite({ number: 102, outcome: 'unknown', startedMs: 10_000, tookMs: 5 });
  tally.addWrongRead();
  const { perSecond, ...rest } = tally.at(10_010);
  assert.ok(perSecond > 9 && perSecond < 11, String(perSecond));
  assert.deepEqual(rest, {
    ...{ acknowledged: 100, refused: 1, unknown: 1 },
    unavailableMs: 10,
    wrongReads: 1,
  });
  const later = tally.at(12_500).perSecond;
  assert.ok(later > 4 && later < 6, String(later));
  assert.equal(tally.at(60_000).perSecond, 0);
  assert.equal(tally.at(60_000).unavailableMs, 50_000);
});
