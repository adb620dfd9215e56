import assert from 'node:assert/strict';
import { afterEach, before, suite, test } from 'node:test';
import { issueAuthority } from '../../../certs/issue.js';
import { lifetimes } from '../../../certs/limits.js';
import { clusterAtHand, needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { install } from '../installation.js';
import { ask, askingPod, askUntilInjected, gatedPod, untilReady } from './asking-pod.js';
import { toldByEvent } from './event.js';
import { forge, store, trust } from './forged-secret.js';
import { refusingConnections, scaleToNone, scaleUp } from './replicas.js';
import { mayWrite, mayWriteNoMore } from './rights.js';
import { ApiServerLog, auditedWithout, brokenAsDoctorSays, note } from './told.js';

const skip = needsCluster('own');
/** After a failure a leader tries again within half a minute. */
const healedMs = 120_000;
/** Long enough for replicas to start with it. */
const lastsMs = 30_000;
/** For kubectl and a handshake that fails, on a machine that does other things too. */
const patienceMs = 5000;

suite('certificates that are not trusted', { skip }, () => {
  before(() => install(clusterAtHand().kubectl));
  afterEach(() => mayWrite(clusterAtHand().kubectl));

  test('authority and certificate expire while the leader may not write: pods start without, until it may', (t) =>
    Environment.play({ name: 'expired' }, async (environment) => {
      const { cluster } = environment;
      await scaleToNone(cluster);
      await mayWriteNoMore(cluster);
      const endsMs = Date.now() + lastsMs;
      const forged = await forge({
        authority: { madeMs: endsMs - lifetimes.authorityMs, lifeMs: lifetimes.authorityMs },
        leaf: { madeMs: endsMs - lifetimes.leafMs, lifeMs: lifetimes.leafMs },
      });
      await store(cluster, forged);
      await trust(cluster, forged['ca.crt']);
      await scaleUp(cluster);
      assert.ok((await ask(environment, gatedPod('in-time'))).injected);
      assert.ok(Date.now() < endsMs, 'replicas took too long to start');

      await eventually('it has expired', async () => Date.now() > endsMs, { boundMs: 2 * lastsMs });
      const open = await ask(environment, gatedPod('open'));
      t.diagnostic(`over a connection that is open: ${open.injected ? 'injected' : 'not injected'}`);
      await refusingConnections(environment.own, cluster, () => ask(environment, gatedPod('refused')));
      const log = new ApiServerLog(environment);
      const { name, injected, tookMs } = await ask(environment, askingPod('bare'));
      assert.ok(!injected && tookMs < patienceMs, `${tookMs} ms, ${injected ? 'injected' : 'bare'}`);
      await untilReady(environment, name);
      note(t, `created in ${tookMs} ms without; log of kube-apiserver`, log.causes());
      assert.match(log.causes().join(), /certificate has expired/);
      assert.ok(auditedWithout(environment).includes(name));
      const broken = await brokenAsDoctorSays(environment, 'certificate');
      note(t, 'doctor', broken);
      assert.match(broken.join(), /certificate has expired/);
      t.diagnostic(`event, though the API server does not ask: ${await toldByEvent(environment, name)}`);
      await heals(environment, t.diagnostic.bind(t));
    }));

  test('a caBundle of a stranger: pods start without at once, until the leader may mend it', (t) =>
    Environment.play({ name: 'stranger' }, async (environment) => {
      const { cluster } = environment;
      await askUntilInjected(environment, 'well-before', healedMs);
      const stranger = await issueAuthority(Date.now(), lifetimes);
      await mayWriteNoMore(cluster);
      await trust(cluster, stranger.certificatePem);
      const log = new ApiServerLog(environment);
      let count = 0;
      await eventually(
        'the API server trusts the stranger',
        async () => !(await ask(environment, gatedPod(`until-${count++}`))).injected,
        { boundMs: healedMs },
      );
      const { name, injected, tookMs } = await ask(environment, askingPod('bare'));
      assert.ok(!injected && tookMs < patienceMs, `${tookMs} ms, ${injected ? 'injected' : 'bare'}`);
      await untilReady(environment, name);
      note(t, `created in ${tookMs} ms without; log of kube-apiserver`, log.causes());
      assert.match(log.causes().join(), /certificate signed by unknown authority/);
      assert.ok(auditedWithout(environment).includes(name));
      const broken = await brokenAsDoctorSays(environment, 'certificate');
      note(t, 'doctor', broken);
      assert.match(broken.join(), /its caBundle is not the authority of the certificate that is served/);
      t.diagnostic(`event, though the API server does not ask: ${await toldByEvent(environment, name)}`);
      await heals(environment, t.diagnostic.bind(t));
    }));
});

/** By itself, once the leader may write; what stays is that the pods made meanwhile have no sidecar. */
async function heals(environment: Environment, say: (line: string) => void): Promise<void> {
  await mayWrite(environment.cluster);
  const { without, afterMs } = await askUntilInjected(environment, 'healing', healedMs);
  say(`may write again: injected after ${Math.round(afterMs / 1000)} s, ${without.length} went without`);
  for (const { name, tookMs } of without) assert.ok(tookMs < patienceMs, `${name}: ${tookMs} ms`);
  await eventually(
    'the doctor finds nothing broken',
    async () => {
      const broken = await brokenAsDoctorSays(environment, 'webhook', 'certificate');
      return broken.length === 0 || broken.join('; ');
    },
    { boundMs: healedMs },
  );
  assert.ok((await ask(environment, askingPod('well'))).injected);
  await untilReady(environment, 'well');
}
