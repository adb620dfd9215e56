import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { median } from '../distribution.js';
import { Environment } from '../environment.js';
import { Etcd, lastWord, lines } from './etcd.js';

/** Longer than the election timeout, which is 1 s, many times over. */
const frozen = 'disk freeze on sync for 9m';
const slowMs = 300;

test('the disk of an etcd leader is the disk of all', { skip: needsCluster('own') }, (t) =>
  Environment.play({ name: 'etcd-disk', volumesPerNode: 1 }, async (environment) => {
    const etcd = await Etcd.start(environment);
    await t.test('a leader whose fsync lags commits late, and stays leader', (t) => lag(t, etcd));
    await t.test(
      'a leader whose fsync hangs loses its place; what the others acknowledge, it gets when it thaws',
      (t) => freeze(t, etcd),
    );
  }),
);

async function lag(t: TestContext, etcd: Etcd): Promise<void> {
  const leader = await etcd.leaderAmong(etcd.members);
  const [other = ''] = etcd.othersOf(leader.member);
  const usual = await timesOfPuts(etcd, other);
  const walBefore = await walSyncs(etcd, leader.member);
  const faults = etcd.faultsOf(leader.member);
  await faults.arm('slow', `disk latency ${slowMs}ms on fsync for 9m`);
  const slow = await timesOfPuts(etcd, other);
  const { tallies } = await faults.lift('slow');
  const walAfter = await walSyncs(etcd, leader.member);
  const syncs = walAfter.count - walBefore.count;
  t.diagnostic(
    `put, median of ${slow.length}: ${median(usual)} ms, then ${median(slow)} ms; ${tallies.injected} fsyncs hit`,
  );
  t.diagnostic(
    `etcd itself: ${syncs} fsyncs of its log, ${(((walAfter.sumS - walBefore.sumS) / syncs) * 1000).toFixed(1)} ms on average`,
  );
  assert.ok(tallies.injected >= slow.length, 'each commit is synced by the leader');
  assert.ok(Math.min(...slow) >= slowMs, 'and waits for that');
  const now = await etcd.leaderAmong(etcd.members);
  t.diagnostic(now.term === leader.term ? 'no election' : `elections: term ${leader.term} to ${now.term}`);
  await etcd.untilConverged();
}

async function freeze(t: TestContext, etcd: Etcd): Promise<void> {
  const old = await etcd.leaderAmong(etcd.members);
  const others = etcd.othersOf(old.member);
  const before = await etcd.write(old.member, 'warm', 5);
  const faults = etcd.faultsOf(old.member);
  await faults.arm('hang', frozen);
  const armedMs = performance.now();
  // What it is to sync: without a write it would go on for as long as nobody writes.
  const first = await etcd.run(others[0] ?? '', 'put', 'first', 'x');
  const leader = await etcd.leaderAmong(others);
  assert.notEqual(leader.member, old.member);
  t.diagnostic(
    `${leader.member} leads ${Math.round(performance.now() - armedMs)} ms after ${old.member} froze; the write that met it: ${first.code === 0 ? 'acknowledged' : lastWord(first)}`,
  );
  const during = await etcd.write(leader.member, 'during', 10);
  assert.equal(during.length, 10);
  const { tallies } = await faults.lift('hang');
  assert.ok(tallies.injected > 0);
  const thawedMs = performance.now();
  await etcd.untilConverged();
  t.diagnostic(`the same again ${Math.round(performance.now() - thawedMs)} ms after the thaw`);
  for (const member of etcd.members) {
    const keys = await etcd.keysOf(member);
    assert.deepEqual(
      [...before, ...during].filter((key) => !keys.has(key)),
      [],
    );
  }
}

const timePuts = `
for n in $(seq 12); do
  from=$(date +%s%N)
  etcdctl --command-timeout=20s put timed "$n" >/dev/null && echo $((($(date +%s%N) - from) / 1000000))
done
`;

async function timesOfPuts(etcd: Etcd, member: string): Promise<readonly number[]> {
  return lines((await etcd.shell(member, timePuts)).stdout).map(Number);
}

async function walSyncs(
  etcd: Etcd,
  member: string,
): Promise<{ readonly sumS: number; readonly count: number }> {
  const { stdout } = await etcd.shell(member, 'curl -s http://127.0.0.1:2379/metrics');
  const metric = (end: string): number =>
    Number(new RegExp(`^etcd_disk_wal_fsync_duration_seconds_${end} (.*)$`, 'm').exec(stdout)?.[1]);
  return { sumS: metric('sum'), count: metric('count') };
}
