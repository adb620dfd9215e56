import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { issueAuthority, issueLeaf } from '../../../certs/issue.js';
import { lifetimes } from '../../../certs/limits.js';
import { readPair } from '../../../certs/read-pair.js';
import { serviceNames } from '../../../certs/secret-certificates.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { service, system } from './install.js';
import { type Creation, PodLoad, tally } from './pod-load.js';
import { readEntries, readTrusted, secret } from './webhook-certificates.js';
import { databases, WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const dayMs = 86_400_000;
/** A new authority is trusted for half a minute before anybody serves under it. */
const mendedMs = 90_000;

suite('certificates of its own', { skip }, () => {
  let cluster: WebhookCluster;
  before(async () => {
    cluster = await WebhookCluster.start({ replicas: 2 });
  });
  after(() => cluster?.stop());

  test('the replicas agree on one certificate, for the names of the service', async () => {
    const { 'tls.crt': stored } = await readEntries(cluster.kubectl);
    for (const replica of cluster.replicas)
      await until(async () => isSame(await replica.serves(), stored), mendedMs);
    const certificate = new X509Certificate(stored);
    for (const name of serviceNames(service, system)) assert.ok(certificate.checkHost(name), name);
  });

  test('the Secret deleted under load is there again as it was, and every pod is injected', async () => {
    const before = await readEntries(cluster.kubectl);
    const creations = await underLoad('deleted', async () => {
      await cluster.kubectl.succeed(['delete', ...secret]);
      await until(async () => (await cluster.kubectl.run(['get', ...secret])).code === 0, mendedMs);
    });
    assert.deepEqual(await readEntries(cluster.kubectl), before);
    assertInjected(creations);
  });

  test('a certificate that has lived two thirds of its life is replaced under load, and every pod is injected', async () => {
    const { 'ca.crt': ca, 'ca.key': caKey } = await readEntries(cluster.kubectl);
    const authority = pairOf(ca, caKey);
    const names = serviceNames(service, system);
    const old = await issueLeaf(Date.now() - 25 * dayMs, lifetimes, { authority, names });
    const creations = await underLoad('renewed', async () => {
      await write({ 'tls.crt': old.certificatePem, 'tls.key': old.keyPem });
      await until(
        async () => !isSame((await readEntries(cluster.kubectl))['tls.crt'], old.certificatePem),
        mendedMs,
      );
      await untilServed();
    });
    const { 'tls.crt': renewed, 'ca.crt': kept } = await readEntries(cluster.kubectl);
    assert.equal(kept, ca);
    assert.ok(Date.parse(new X509Certificate(renewed).validTo) > Date.now() + 29 * dayMs);
    assertInjected(creations);
  });

  test('a caBundle that somebody overwrites costs injection until it is mended, and no pod', async (t) => {
    const stranger = await issueAuthority(Date.now(), lifetimes);
    const { 'ca.crt': ca } = await readEntries(cluster.kubectl);
    const creations = await underLoad('overwritten', async (load) => {
      await cluster.trust(stranger.certificatePem);
      await until(async () => (await readTrusted(cluster.kubectl)).every((pem) => isSame(pem, ca)), mendedMs);
      await load.untilInjected();
    });
    const { injected, uninjected, failures } = tally(creations);
    t.diagnostic(
      `${injected} pods injected, ${uninjected} not, in the moment that the authority was a stranger's`,
    );
    assert.deepEqual(failures, []);
    assert.equal(creations.at(-1)?.outcome, 'injected');
  });

  async function underLoad(
    prefix: string,
    use: (load: PodLoad) => Promise<void>,
  ): Promise<readonly Creation[]> {
    const load = new PodLoad(cluster.kubectl.kubeconfig, databases, prefix);
    try {
      await load.more(20);
      await use(load);
      await load.more(20);
    } finally {
      await load.stop();
    }
    return load.creations;
  }

  async function write(texts: Readonly<Record<string, string>>): Promise<void> {
    const patch = JSON.stringify({ stringData: texts });
    await cluster.kubectl.succeed(['patch', ...secret, '--type=merge', `--patch=${patch}`]);
  }

  async function untilServed(): Promise<void> {
    for (const replica of cluster.replicas)
      await until(
        async () => isSame(await replica.serves(), (await readEntries(cluster.kubectl))['tls.crt']),
        mendedMs,
      );
  }
});

function pairOf(certificate: string, key: string) {
  const pair = readPair(certificate, key, Date.now());
  assert.ok(typeof pair !== 'string', String(pair));
  return pair;
}

/** Whatever the lines of the PEM look like; '' is not a certificate. */
const isSame = (one: string, other: string): boolean =>
  one !== '' && new X509Certificate(one).fingerprint256 === new X509Certificate(other).fingerprint256;

function assertInjected(creations: readonly Creation[]): void {
  const { uninjected, failures } = tally(creations);
  assert.deepEqual({ uninjected, failures }, { uninjected: 0, failures: [] });
}
