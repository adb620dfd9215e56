import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { Etcd, lastWord, type MemberStatus, patience } from './etcd.js';

/** "etcdserver: request timed out", "no leader", or the deadline of etcdctl: never an answer. */
const refusal = /timed out|no leader|deadline exceeded/;
const deadlineS = 40;

test(
  'etcd keeps its quorum where two can see each other, and has none where nobody can',
  { skip: needsCluster('own') },
  (t) =>
    Environment.play({ name: 'etcd-partition', volumesPerNode: 1 }, async (environment) => {
      const etcd = await Etcd.start(environment);
      await t.test(
        'a leader that is cut off from both others loses its place, and nothing that was acknowledged',
        (t) => loseLeader(t, etcd),
      );
      await t.test(
        'three that are cut off from each other write nothing, until the deadline alone ends that',
        (t) => loseQuorum(t, etcd),
      );
    }),
);

async function loseLeader(t: TestContext, etcd: Etcd): Promise<void> {
  const [before, old] = [await etcd.write('etcd-0', 'before', 5), await etcd.leaderAmong(etcd.members)];
  const others = etcd.othersOf(old.member);
  const faults = etcd.faultsOf(old.member);
  await faults.arm('split', `tcp partition with ${others.join(',')} for 9m`);
  const armedMs = performance.now();
  // Before it has noticed: it takes the value into its log, and asks in vain for a second vote.
  const unnoticed = await etcd.run(old.member, 'put', 'refused-early', 'x');
  const leader = await etcd.leaderAmong(others);
  t.diagnostic(
    `${old.member} cut off; ${leader.member} leads after ${ms(armedMs)} (term ${old.term} to ${leader.term})`,
  );
  const during = await etcd.write(others[0] ?? '', 'during', 10);
  assert.equal(during.length, 10, 'two of three are a quorum');

  const late = await etcd.run(old.member, 'put', 'refused-late', 'x');
  const read = await etcd.run(old.member, 'get', 'before-1');
  for (const [what, result] of Object.entries({ unnoticed, late, read })) {
    assert.notEqual(result.code, 0, `${what} was answered`);
    assert.match(result.stderr, refusal);
    t.diagnostic(`${what}: ${lastWord(result)}`);
  }
  const stale = await etcd.keysOf(old.member);
  assert.ok(
    before.every((key) => stale.has(key)),
    'a serializable read is answered',
  );
  assert.ok(
    during.every((key) => !stale.has(key)),
    'and is stale',
  );
  assert.match((await etcd.status(old.member)).says, /no leader/);

  const split = await faults.lift('split');
  const liftedMs = performance.now();
  assert.ok(split.tallies.injected > 0);
  const hash = await etcd.untilConverged();
  t.diagnostic(
    `${split.tallies.injected} packets dropped; the same again (hash ${hash}) ${ms(liftedMs)} after`,
  );
  await holdsWhatWasAcknowledged(etcd, [...before, ...during], ['refused-early', 'refused-late']);
}

async function loseQuorum(t: TestContext, etcd: Etcd): Promise<void> {
  const before = await etcd.write('etcd-0', 'alone', 5);
  const faulted = etcd.members.slice(1);
  const sentence = (member: string): string =>
    `tcp partition with ${etcd.othersOf(member).join(',')} for ${deadlineS}s`;
  await Promise.all(faulted.map((member) => etcd.faultsOf(member).arm('alone', sentence(member))));
  const armedMs = performance.now();
  await eventually(
    'nobody leads',
    async () => {
      const statuses = await etcd.statuses();
      return statuses.every(hasNoLeader) || JSON.stringify(statuses);
    },
    patience,
  );
  t.diagnostic(`nobody leads after ${ms(armedMs)}`);
  const results = await Promise.all(
    etcd.members.map((member) => etcd.run(member, 'put', 'refused-alone', member)),
  );
  const stale = await Promise.all(etcd.members.map((member) => etcd.keysOf(member)));
  const { remainingMs } = await etcd.faultsOf('etcd-1').get('alone');
  t.diagnostic(`looked at with ${Math.round(remainingMs)} ms to go`);
  if (remainingMs > 0) {
    for (const { code, stderr } of results) {
      assert.notEqual(code, 0, 'no member may acknowledge');
      assert.match(stderr, refusal);
    }
    for (const keys of stale) assert.ok(before.every((key) => keys.has(key)));
  } else t.diagnostic('this machine is too busy to look within the deadline');

  await eventually(
    'the deadline has ended the faults',
    async () =>
      (await Promise.all(faulted.map((member) => etcd.faultsOf(member).get('alone')))).every(
        (fault) => fault.state === 'expired',
      ),
    patience,
  );
  const hash = await etcd.untilConverged();
  t.diagnostic(`the same again (hash ${hash}) ${ms(armedMs)} after arming for ${deadlineS} s`);
  const after = await etcd.write('etcd-1', 'again', 5);
  assert.equal(after.length, 5);
  await etcd.untilConverged();
  await holdsWhatWasAcknowledged(etcd, [...before, ...after], remainingMs > 0 ? ['refused-alone'] : []);
  for (const member of faulted) {
    const { tallies } = await etcd.faultsOf(member).lift('alone');
    assert.ok(tallies.injected > 0, `${member} dropped something`);
  }
}

async function holdsWhatWasAcknowledged(
  etcd: Etcd,
  acknowledged: readonly string[],
  refused: readonly string[],
): Promise<void> {
  for (const member of etcd.members) {
    const keys = await etcd.keysOf(member);
    assert.deepEqual(
      acknowledged.filter((key) => !keys.has(key)),
      [],
      `${member} lost what was acknowledged`,
    );
    assert.deepEqual(
      refused.filter((key) => keys.has(key)),
      [],
      `${member} has what was refused`,
    );
  }
}

const hasNoLeader = ({ leaderId }: MemberStatus): boolean => leaderId === '0';

const ms = (sinceMs: number): string => `${Math.round(performance.now() - sinceMs)} ms`;
