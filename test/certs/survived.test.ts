/** Each of these happens to a Secret or a caBundle sooner or later. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { connect } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { issueAuthority, issueLeaf } from '../../certs/issue.js';
import { lifetimes } from '../../certs/limits.js';
import type { Secret } from '../../certs/read-secret.js';
import { ManualClock } from '../core/manual-clock.js';
import { ObjectStore } from '../kube/object-store.js';
import { until } from '../sidecar/mounted/until.js';
import { freePort } from '../sidecar/network/ports.js';
import {
  type Configuration,
  caBundles,
  heldIn,
  listEndpoints,
  mutating,
  names,
  register,
  secretTarget,
  startReplica,
} from './a-webhook.js';

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const boundMs = 60_000;

/** What a leader wrote for another test: keys take the longest to make, and here any will do. */
let written: Secret | null = null;

/** One replica that leads, with a certificate that every webhook trusts. */
async function served(t: TestContext) {
  const store = new ObjectStore();
  const clock = new ManualClock();
  const port = await freePort('0.0.0.0');
  await register(store);
  await listEndpoints(store, ['127.0.0.1'], port);
  if (written !== null) await store.create(secretTarget, written);
  const leader = startReplica(t, { api: store, clock, port });
  leader.certificates.lead(true);
  await leader.certificates.ready;
  await until(async () => (await caBundles(store)).every((pem) => pem !== ''), boundMs);
  const secret = (await store.get<Secret>(secretTarget)) as Secret;
  written ??= secret;
  return { store, clock, port, leader, secret };
}

const dataOf = async (store: ObjectStore): Promise<Secret['data']> =>
  (await store.get<Secret>(secretTarget))?.data;

async function spoil(
  store: ObjectStore,
  entries: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const secret = (await store.get<Secret>(secretTarget)) as Secret;
  const data = JSON.parse(JSON.stringify({ ...secret.data, ...entries })) as Record<string, string>;
  await store.replace(secretTarget, { ...secret, data });
}

test('nobody serves before the first certificate, and the first one is trusted by every webhook already', async (t) => {
  const store = new ObjectStore();
  const port = await freePort('0.0.0.0');
  await register(store);
  const clock = new ManualClock();
  const leader = startReplica(t, { api: store, clock, port });
  const follower = startReplica(t, { api: store, clock, port, address: '127.0.0.2' });
  const refused = connect({ host: '127.0.0.1', port });
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED');
  const trustedThen: ReturnType<typeof caBundles>[] = [];
  leader.certificates.onBundle(() => trustedThen.push(caBundles(store)));
  leader.certificates.lead(true);
  await Promise.all([leader.certificates.ready, follower.certificates.ready]);
  await until(() => trustedThen.length > 0);
  const { authority } = await heldIn(store, clock.wallMs());
  assert.deepEqual(await Promise.all(trustedThen), [Array(3).fill(authority?.certificatePem)]);
  assert.deepEqual(leader.bundles, follower.bundles);
});

test('a valid Secret is never made again, whoever starts, leads or comes back', async (t) => {
  const { store, clock, port, leader, secret } = await served(t);
  leader.certificates.lead(false);
  const next = startReplica(t, { api: store, clock, port, address: '127.0.0.2' });
  next.certificates.lead(true);
  await next.certificates.ready;
  clock.advance(hourMs);
  await spoil(store, {}); // A write of somebody else's, which changes nothing.
  await until(() => next.codes.length > 0);
  assert.deepEqual(await dataOf(store), secret.data);
  assert.deepEqual(next.bundles, leader.bundles);
});

test('a deleted Secret comes back as it was, with the same keys', async (t) => {
  const { store, leader, secret } = await served(t);
  await store.remove(secretTarget);
  await until(async () => (await dataOf(store)) !== undefined, boundMs);
  assert.deepEqual(await dataOf(store), secret.data);
  assert.equal(leader.bundles.length, 1);
});

test('a deleted Secret is restored by a follower that becomes the leader', async (t) => {
  const { store, clock, port, leader, secret } = await served(t);
  const follower = startReplica(t, { api: store, clock, port, address: '127.0.0.2' });
  await follower.certificates.ready;
  leader.certificates.lead(false);
  await leader.certificates.close();
  await store.remove(secretTarget);
  await until(() => follower.codes.includes('certificates.absent'), boundMs);
  follower.certificates.lead(true);
  await until(async () => (await dataOf(store)) !== undefined, boundMs);
  assert.deepEqual(await dataOf(store), secret.data);
});

const garbage = Buffer.from('-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n').toString(
  'base64',
);
const spoilt: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  'a missing key': { 'tls.key': undefined },
  'an empty certificate': { 'tls.crt': '' },
  'garbage for PEM': { 'tls.crt': garbage },
  'a missing authority': { 'ca.crt': undefined },
  'an authority without its key': { 'ca.key': undefined },
  'nothing that can be read': {
    'tls.crt': garbage,
    'tls.key': garbage,
    'ca.crt': garbage,
    'ca.key': garbage,
  },
};
for (const [what, entries] of Object.entries(spoilt)) {
  test(`${what} in the Secret is not served with, and the leader puts it right`, async (t) => {
    const { store, leader, secret } = await served(t);
    await spoil(store, entries);
    await until(async () => isDeepStrictEqual(await dataOf(store), secret.data), boundMs);
    assert.equal(leader.bundles.length, 1, 'nothing else was ever served');
  });
}

test('a key that is not of the certificate is put right', async (t) => {
  const { store, clock, leader, secret } = await served(t);
  const { authority } = await heldIn(store, clock.wallMs());
  const other = await issueLeaf(clock.wallMs(), lifetimes, { authority: authority!, names });
  await spoil(store, { 'tls.key': Buffer.from(other.keyPem).toString('base64') });
  await until(async () => (await dataOf(store))?.['tls.key'] === secret.data?.['tls.key'], boundMs);
  assert.equal(leader.bundles.length, 1);
});

test('what expired while nobody was there is not served with; all is recreated, and trusted first', async (t) => {
  const { store, clock, port, leader, secret } = await served(t);
  leader.certificates.lead(false);
  await leader.certificates.close();
  clock.advance(400 * dayMs);
  const late = startReplica(t, { api: store, clock, port, address: '127.0.0.2' });
  await until(() => late.codes.includes('certificates.unusable'));
  late.certificates.lead(true);
  await late.certificates.ready;
  const { authority, old } = await heldIn(store, clock.wallMs());
  assert.notEqual((await dataOf(store))?.['ca.crt'], secret.data?.['ca.crt']);
  assert.deepEqual(old, []);
  await until(async () => (await caBundles(store)).every((pem) => pem === authority?.certificatePem));
});

test('a leaf for another Service is not ours, and is replaced under the same authority', async (t) => {
  const { store, clock, secret } = await served(t);
  const { authority } = await heldIn(store, clock.wallMs());
  const foreign = await issueLeaf(clock.wallMs(), lifetimes, { authority: authority!, names: ['other.svc'] });
  await spoil(store, {
    'tls.crt': Buffer.from(foreign.certificatePem).toString('base64'),
    'tls.key': Buffer.from(foreign.keyPem).toString('base64'),
  });
  await until(async () => (await heldIn(store, clock.wallMs())).leaf !== null, boundMs);
  assert.equal((await dataOf(store))?.['ca.crt'], secret.data?.['ca.crt']);
});

test('a caBundle that was emptied, and one that was overwritten, are mended at once', async (t) => {
  const { store, clock } = await served(t);
  const { authority } = await heldIn(store, clock.wallMs());
  const foreign = await issueAuthority(clock.wallMs(), lifetimes);
  for (const pem of ['', foreign.certificatePem, authority!.certificatePem + foreign.certificatePem]) {
    const before = (await store.get<Configuration>(mutating))!;
    const [first, ...rest] = before.webhooks;
    const caBundle = Buffer.from(pem).toString('base64');
    await store.replace<Configuration>(mutating, {
      ...before,
      webhooks: [{ ...first!, clientConfig: { ...first!.clientConfig, caBundle } }, ...rest],
    });
    await until(
      async () => (await caBundles(store)).every((now) => now === authority!.certificatePem),
      boundMs,
    );
  }
});

test('of two who lead for a moment one takes what the other made', async (t) => {
  const store = new ObjectStore();
  const clock = new ManualClock();
  const port = await freePort('0.0.0.0');
  await register(store);
  const replicas = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((address) =>
    startReplica(t, { api: store, clock, port, address }),
  );
  for (const { certificates } of replicas) certificates.lead(true);
  await Promise.all(replicas.map(({ certificates }) => certificates.ready));
  await Promise.all([clock.timer(hourMs), until(() => replicas.every(({ bundles }) => bundles.length > 0))]);
  const { leaf, authority } = await heldIn(store, clock.wallMs());
  await until(() => replicas.every(({ bundles }) => bundles.at(-1)?.certificatePem === leaf?.certificatePem));
  await until(async () => (await caBundles(store)).every((pem) => pem === authority?.certificatePem));
  await until(() => replicas.some(({ codes }) => codes.includes('certificates.outrun')), boundMs);
});

test('a Secret of a leader whose clock is a day ahead is served with, and a clock a year behind changes nothing', async (t) => {
  const store = new ObjectStore();
  const port = await freePort('0.0.0.0');
  await register(store);
  const leader = startReplica(t, { api: store, clock: new ManualClock(Date.now() + dayMs), port });
  leader.certificates.lead(true);
  await leader.certificates.ready;
  const before = await dataOf(store);
  leader.certificates.lead(false);
  const clock = new ManualClock(Date.now() - 365 * dayMs);
  const behind = startReplica(t, { api: store, clock, port, address: '127.0.0.2' });
  behind.certificates.lead(true);
  await behind.certificates.ready;
  await clock.timer(hourMs);
  assert.deepEqual(await dataOf(store), before);
  assert.deepEqual(behind.bundles, leader.bundles);
});

test('the Secret belongs to its owner, and goes on belonging when it is written again', async (t) => {
  const store = new ObjectStore();
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'havock8s-webhook', uid: 'some-uid' };
  await register(store);
  const clock = new ManualClock();
  const leader = startReplica(t, { api: store, clock, port: await freePort('0.0.0.0'), owner });
  leader.certificates.lead(true);
  await leader.certificates.ready;
  assert.deepEqual((await store.get(secretTarget))?.metadata.ownerReferences, [owner]);
  await store.remove(secretTarget);
  await until(async () => (await store.get(secretTarget)) !== null, boundMs);
  assert.deepEqual((await store.get(secretTarget))?.metadata.ownerReferences, [owner]);
});
