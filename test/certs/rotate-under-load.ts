/** Replicas that rotate leaves and authorities, and lead in turn, while reviews come in. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { readPair } from '../../certs/read-pair.js';
import { ManualClock } from '../core/manual-clock.js';
import { ObjectStore } from '../kube/object-store.js';
import { freePort } from '../sidecar/network/ports.js';
import {
  caBundles,
  heldIn,
  listEndpoints,
  names,
  register,
  shortLives,
  startReplica,
  toNextRound,
} from './a-webhook.js';
import { ReviewLoad } from './review-load.js';

/** Fails no review and drops no connection. */
export async function rotateUnderLoad(t: TestContext, rotations: number): Promise<void> {
  const clock = new ManualClock();
  const store = new ObjectStore();
  const port = await freePort('0.0.0.0');
  const addresses = ['127.0.0.1', '127.0.0.2'];
  await register(store);
  await listEndpoints(store, addresses, port);
  const replicas = addresses.map((address) =>
    startReplica(t, { api: store, clock, port, address, lifetimes: shortLives }),
  );
  const [first] = replicas;
  first?.certificates.lead(true);
  await Promise.all(replicas.map(({ certificates }) => certificates.ready));

  const load = new ReviewLoad({
    addresses,
    port,
    clock,
    host: names[0]!,
    caBundle: async () => (await caBundles(store))[0]!,
  });
  t.after(() => load.stop());
  await load.underway();
  const authorities = new Set<string>();
  const leaves = new Set<string>();
  while (leaves.size <= rotations) {
    await toNextRound(clock);
    const { authority, leaf, next } = await heldIn(store, clock.wallMs());
    if (authority) authorities.add(authority.certificatePem);
    if (leaf === null || leaves.has(leaf.certificatePem)) continue;
    leaves.add(leaf.certificatePem);
    // Each leads in turn, and takes up what the other left; but not while an authority settles, which would begin again.
    const turn = leaves.size % 4 < 2;
    if (next === null)
      for (const replica of replicas) replica.certificates.lead(turn === (replica === first));
  }
  const { answered, failures, keptSockets, freshSockets, served } = await load.stop();
  t.diagnostic(
    `${leaves.size - 1} leaves, ${authorities.size - 1} authorities after the first; ${answered} reviews, ${freshSockets} on new connections`,
  );
  assert.deepEqual(failures.slice(0, 5), []);
  assert.equal(keptSockets, addresses.length, 'no connection that was kept was dropped');
  assert.ok(authorities.size > rotations / 5);
  assert.ok(answered > 20 * rotations);
  // The load saw them, and not the first leaf alone.
  assert.ok(served.size > rotations / 2, `${served.size} certificates were met`);
  for (const { bundles } of replicas) {
    assert.ok(bundles.length > rotations - 2);
    for (const { certificatePem, keyPem } of bundles) {
      assert.notEqual(typeof readPair(certificatePem, keyPem, 0), 'string');
    }
  }
}
