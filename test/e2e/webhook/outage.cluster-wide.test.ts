import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { ask, askingPod, askUntilInjected, gatedPod, untilReady } from './asking-pod.js';
import { toldByEvent } from './event.js';
import {
  losingAnswers,
  ofWebhook,
  scaleToNone,
  scaleUp,
  signalReplicas,
  untilRolledOut,
} from './replicas.js';
import { steadyPods } from './steady-pods.js';
import { ApiServerLog, auditedWithout, brokenAsDoctorSays, countedWithout, note } from './told.js';

const skip = needsCluster('own');
/** Of the registrations: a pod waits no longer for us. */
const timeoutMs = 3000;
/** For kubectl, on a machine that does other things too. */
const patienceMs = 5000;
const healedMs = 180_000;

suite('the webhook is away', { skip }, () => {
  test('scaled to none: a pod starts at once without a sidecar, and everybody who looks is told', (t) =>
    Environment.play({ name: 'away' }, async (environment) => {
      const [log, before] = [new ApiServerLog(environment), await countedWithout(environment)];
      await scaleToNone(environment.cluster);
      try {
        const { name, injected, tookMs } = await ask(environment, askingPod('alone'));
        assert.ok(!injected);
        t.diagnostic(`created in ${tookMs} ms without`);
        await untilReady(environment, name);
        assert.deepEqual(auditedWithout(environment), ['alone']);
        assert.match(log.causes().join(), /no endpoints available for service "havock8s-webhook"/);
        assert.ok((await countedWithout(environment)) > before);
        const broken = await brokenAsDoctorSays(environment, 'webhook', 'injection');
        note(t, 'doctor', broken);
        assert.match(broken.join('\n'), /^webhook: .*no endpoint is ready$/m);
        assert.match(broken.join('\n'), /^injection: .*alone it asks for the sidecar and has none/m);
      } finally {
        await scaleUp(environment.cluster);
      }
      const [message = ''] = await toldByEvent(environment, 'alone');
      t.diagnostic(`event: ${message}`);
      assert.match(message, /its webhook was not asked, or did not answer in time/);
      await untilInjectedAndReady(environment);
      assert.deepEqual(await brokenAsDoctorSays(environment, 'webhook', 'certificate'), []);
    }));

  test('a fault set meanwhile is judged by the sidecar alone, which refuses what is not a sentence', () =>
    Environment.play({ name: 'unjudged' }, async (environment) => {
      await ask(environment, askingPod('app'));
      await untilReady(environment, 'app');
      await scaleToNone(environment.cluster);
      try {
        await environment.succeed(['annotate', 'pod', 'app', 'fault.havock8s.io/a=disk latensy 1ms']);
        await environment.succeed(['annotate', 'pod', 'app', 'fault.havock8s.io/b=disk latency 1ms']);
        const listed = await environment.exec('app', 'havock8s-faults', [
          'sh',
          '-c',
          `until havock8s ls | grep -q '^b .*armed'; do sleep 0.2; done; havock8s ls`,
        ]);
        assert.match(listed, /^a +annotation +refused/m);
      } finally {
        await scaleUp(environment.cluster);
      }
    }));

  test('stopped replicas cost each pod the timeout, until the kubelets see it; they start them again by themselves', (t) =>
    Environment.play({ name: 'stopped' }, async (environment) => {
      const log = new ApiServerLog(environment);
      await signalReplicas(environment.own, environment.cluster, 'STOP');
      const first = await ask(environment, askingPod('first'));
      assert.ok(!first.injected);
      assert.ok(first.tookMs >= timeoutMs && first.tookMs < timeoutMs + patienceMs, `${first.tookMs} ms`);
      const { without, afterMs } = await askUntilInjected(environment, 'next', healedMs);
      const waited = without.filter(({ tookMs }) => tookMs >= timeoutMs);
      t.diagnostic(
        `${waited.length + 1} pods waited 3 s, then ${without.length - waited.length} went at once, and after ${Math.round(afterMs / 1000)} s they were injected again`,
      );
      note(t, 'log of kube-apiserver', log.causes());
      assert.match(log.causes().join(), /context deadline exceeded/);
      assert.deepEqual(
        auditedWithout(environment).toSorted(),
        [first, ...without].map(({ name }) => name).toSorted(),
      );
      await untilRolledOut(environment.cluster);
      await untilReady(environment, 'first');
      assert.match((await toldByEvent(environment, 'first')).join(), /did not answer in time/);
      await untilInjectedAndReady(environment);
    }));

  test('answers that are lost on the way cost each pod the timeout and no more, though the kubelets find all well', (t) =>
    Environment.play({ name: 'lost' }, async (environment) => {
      await losingAnswers(environment.own, environment.cluster, async () => {
        const asked = [];
        for (let index = 0; index < 3; index++)
          asked.push(await ask(environment, gatedPod(`waits-${index}`)));
        t.diagnostic(`created in ${asked.map(({ tookMs }) => tookMs).join(', ')} ms, none injected`);
        for (const { injected, tookMs } of asked) {
          assert.ok(!injected);
          assert.ok(tookMs < timeoutMs + patienceMs, `${tookMs} ms`);
        }
        assert.equal(auditedWithout(environment).length, asked.length);
        assert.match((await toldByEvent(environment, 'waits-0')).join(), /did not answer in time/);
        note(t, 'doctor', await brokenAsDoctorSays(environment, 'webhook', 'injection'));
      });
      const { without, afterMs } = await askUntilInjected(environment, 'again', healedMs);
      t.diagnostic(
        `answers arrive again: the next is injected after ${afterMs} ms, ${without.length} went without`,
      );
      await untilInjectedAndReady(environment);
    }));

  test('replicas deleted while the API server waits for their answer: the pod starts within the timeout, new replicas inject', (t) =>
    Environment.play({ name: 'deleted' }, async (environment) => {
      await signalReplicas(environment.own, environment.cluster, 'STOP');
      const asking = ask(environment, gatedPod('asked'));
      await environment.cluster.succeed(['delete', 'pod', ...ofWebhook, '--force', '--grace-period=0']);
      const { injected, tookMs } = await asking;
      assert.ok(!injected && tookMs < timeoutMs + patienceMs, `${tookMs} ms`);
      const { without, afterMs } = await askUntilInjected(environment, 'next', healedMs);
      t.diagnostic(
        `created in ${tookMs} ms; ${without.length} more went without, injected again after ${afterMs} ms`,
      );
      await untilRolledOut(environment.cluster);
      await untilInjectedAndReady(environment);
    }));

  test('both replicas asked to leave at once answer what they are asked; no pod is refused', (t) =>
    Environment.play({ name: 'leaving' }, async (environment) => {
      await askUntilInjected(environment, 'before', healedMs);
      const { asked, refused } = await steadyPods(environment, async () => {
        await environment.cluster.succeed(['delete', 'pod', ...ofWebhook]);
        await untilRolledOut(environment.cluster);
      });
      assert.deepEqual(refused, []);
      const without = asked.filter(({ injected }) => !injected).map(({ name }) => name);
      t.diagnostic(`${without.length} of ${asked.length} pods went without, until new replicas were Ready`);
      assert.ok(asked[0]?.injected, 'the first is asked about while they leave');
      assert.deepEqual(auditedWithout(environment).toSorted(), without.toSorted());
      await untilInjectedAndReady(environment);
    }));

  test('both replicas killed at once are started again; no pod is refused meanwhile', (t) =>
    Environment.play({ name: 'killed' }, async (environment) => {
      await signalReplicas(environment.own, environment.cluster, 'KILL');
      const { without, afterMs } = await askUntilInjected(environment, 'next', healedMs);
      t.diagnostic(`${without.length} pods went without; injected again after ${afterMs} ms`);
      assert.deepEqual(auditedWithout(environment).toSorted(), without.map(({ name }) => name).toSorted());
      await toldByEvent(environment, ...without.map(({ name }) => name));
      await untilInjectedAndReady(environment);
    }));
});

async function untilInjectedAndReady(environment: Environment): Promise<void> {
  assert.ok((await ask(environment, askingPod('well'))).injected);
  await untilReady(environment, 'well');
}
