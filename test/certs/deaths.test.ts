import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCertificate, readCertificates } from '../../certs/read-pair.js';
import { ManualClock } from '../core/manual-clock.js';
import { ObjectStore } from '../kube/object-store.js';
import { freePort } from '../sidecar/network/ports.js';
import {
  caBundles,
  heldIn,
  listEndpoints,
  names,
  type Replica,
  register,
  shortLives,
  startReplica,
  toNextRound,
} from './a-webhook.js';

test('leaders that die after a single write each bring up the first authority and rotate to the next', async (t) => {
  const [store, clock, port] = [new ObjectStore(), new ManualClock(), await freePort('0.0.0.0')];
  await register(store);
  await listEndpoints(store, ['127.0.0.1'], port);
  const follower = startReplica(t, { api: store, clock, port, lifetimes: shortLives });
  const untrusted: string[] = [];
  const looks: Promise<void>[] = [];
  follower.certificates.onBundle(({ certificatePem }) => {
    const look = async (): Promise<void> => {
      const issuer = readCertificate(certificatePem)?.issuer;
      for (const pem of await caBundles(store)) {
        if (!readCertificates(pem).some(({ subject }) => subject === issuer)) untrusted.push(String(issuer));
      }
    };
    looks.push(look());
  });

  const deaths: string[] = [];
  let leader: Replica;
  const succeed = (): void => {
    leader = startReplica(t, {
      api: store,
      clock,
      port,
      address: `127.0.0.${deaths.length + 2}`,
      lifetimes: shortLives,
    });
    leader.certificates.lead(true);
  };
  store.intercept = (call) => {
    if (!['create', 'replace', 'patch'].includes(call)) return;
    deaths.push(call);
    // This write is still made. That is the last thing it does.
    leader.certificates.lead(false);
    setImmediate(succeed);
  };
  succeed();

  await follower.certificates.ready;
  const first = (await heldIn(store, clock.wallMs())).authority?.certificatePem;
  const isRotated = async (): Promise<boolean> => {
    const { authority, old, next } = await heldIn(store, clock.wallMs());
    const isAnother = authority !== null && authority.certificatePem !== first;
    const bundles = await caBundles(store);
    return (
      isAnother &&
      next === null &&
      old.length === 0 &&
      bundles.every((pem) => pem === authority.certificatePem)
    );
  };
  while (!(await isRotated())) {
    await toNextRound(clock);
    assert.ok(clock.monotonicMs() < 2 * shortLives.authorityMs, `too late, after ${deaths}`);
  }
  await Promise.all(looks);
  assert.deepEqual(untrusted, []);
  const { leaf } = await heldIn(store, clock.wallMs());
  assert.equal(leaf?.certificate.checkHost(names[0]!), names[0]);
  assert.deepEqual(deaths.slice(0, 4), ['create', 'patch', 'patch', 'replace']);
  assert.ok(deaths.length >= 11, `${deaths}`);
});
