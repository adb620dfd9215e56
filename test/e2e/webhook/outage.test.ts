import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Scene } from '../scene.js';
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
    Scene.play({ name: 'away' }, async (scene) => {
      const [log, before] = [new ApiServerLog(scene), await countedWithout(scene)];
      await scaleToNone(scene.cluster);
      try {
        const { name, injected, tookMs } = await ask(scene, askingPod('alone'));
        assert.ok(!injected);
        t.diagnostic(`created in ${tookMs} ms without`);
        await untilReady(scene, name);
        assert.deepEqual(auditedWithout(scene), ['alone']);
        assert.match(log.causes().join(), /no endpoints available for service "havock8s-webhook"/);
        assert.ok((await countedWithout(scene)) > before);
        const broken = await brokenAsDoctorSays(scene, 'webhook', 'injection');
        note(t, 'doctor', broken);
        assert.match(broken.join('\n'), /^webhook: .*no endpoint is ready$/m);
        assert.match(broken.join('\n'), /^injection: .*alone it asks for the sidecar and has none/m);
      } finally {
        await scaleUp(scene.cluster);
      }
      const [message = ''] = await toldByEvent(scene, 'alone');
      t.diagnostic(`event: ${message}`);
      assert.match(message, /its webhook was not asked, or did not answer in time/);
      await untilInjectedAndReady(scene);
      assert.deepEqual(await brokenAsDoctorSays(scene, 'webhook', 'certificate'), []);
    }));

  test('a fault set meanwhile is judged by the sidecar alone, which refuses what is no sentence', () =>
    Scene.play({ name: 'unjudged' }, async (scene) => {
      await ask(scene, askingPod('app'));
      await untilReady(scene, 'app');
      await scaleToNone(scene.cluster);
      try {
        await scene.succeed(['annotate', 'pod', 'app', 'fault.havock8s.io/a=disk latensy 1ms']);
        await scene.succeed(['annotate', 'pod', 'app', 'fault.havock8s.io/b=disk latency 1ms']);
        const listed = await scene.exec('app', 'havock8s-faults', [
          'sh',
          '-c',
          `until havock8s ls | grep -q '^b .*armed'; do sleep 0.2; done; havock8s ls`,
        ]);
        assert.match(listed, /^a +annotation +refused/m);
      } finally {
        await scaleUp(scene.cluster);
      }
    }));

  test('stopped replicas cost each pod the timeout, until the kubelets see it; they start them again by themselves', (t) =>
    Scene.play({ name: 'stopped' }, async (scene) => {
      const log = new ApiServerLog(scene);
      await signalReplicas(scene.own, scene.cluster, 'STOP');
      const first = await ask(scene, askingPod('first'));
      assert.ok(!first.injected);
      assert.ok(first.tookMs >= timeoutMs && first.tookMs < timeoutMs + patienceMs, `${first.tookMs} ms`);
      const { without, afterMs } = await askUntilInjected(scene, 'next', healedMs);
      const waited = without.filter(({ tookMs }) => tookMs >= timeoutMs);
      t.diagnostic(
        `${waited.length + 1} pods waited 3 s, then ${without.length - waited.length} went at once, and after ${Math.round(afterMs / 1000)} s they were injected again`,
      );
      note(t, 'log of kube-apiserver', log.causes());
      assert.match(log.causes().join(), /context deadline exceeded/);
      assert.deepEqual(
        auditedWithout(scene).toSorted(),
        [first, ...without].map(({ name }) => name).toSorted(),
      );
      await untilRolledOut(scene.cluster);
      await untilReady(scene, 'first');
      assert.match((await toldByEvent(scene, 'first')).join(), /did not answer in time/);
      await untilInjectedAndReady(scene);
    }));

  test('answers that are lost on the way cost each pod the timeout and no more, though the kubelets find all well', (t) =>
    Scene.play({ name: 'lost' }, async (scene) => {
      await losingAnswers(scene.own, scene.cluster, async () => {
        const asked = [];
        for (let index = 0; index < 5; index++) asked.push(await ask(scene, gatedPod(`waits-${index}`)));
        t.diagnostic(`created in ${asked.map(({ tookMs }) => tookMs).join(', ')} ms, none injected`);
        for (const { injected, tookMs } of asked) {
          assert.ok(!injected);
          assert.ok(tookMs < timeoutMs + patienceMs, `${tookMs} ms`);
        }
        assert.equal(auditedWithout(scene).length, asked.length);
        assert.match((await toldByEvent(scene, 'waits-0')).join(), /did not answer in time/);
        note(t, 'doctor', await brokenAsDoctorSays(scene, 'webhook', 'injection'));
      });
      const { without, afterMs } = await askUntilInjected(scene, 'again', healedMs);
      t.diagnostic(
        `answers arrive again: the next is injected after ${afterMs} ms, ${without.length} went without`,
      );
      await untilInjectedAndReady(scene);
    }));

  test('replicas deleted while the API server waits for their answer: the pod starts within the timeout, new replicas inject', (t) =>
    Scene.play({ name: 'deleted' }, async (scene) => {
      await signalReplicas(scene.own, scene.cluster, 'STOP');
      const asking = ask(scene, gatedPod('asked'));
      await scene.cluster.succeed(['delete', 'pod', ...ofWebhook, '--force', '--grace-period=0']);
      const { injected, tookMs } = await asking;
      assert.ok(!injected && tookMs < timeoutMs + patienceMs, `${tookMs} ms`);
      const { without, afterMs } = await askUntilInjected(scene, 'next', healedMs);
      t.diagnostic(
        `created in ${tookMs} ms; ${without.length} more went without, injected again after ${afterMs} ms`,
      );
      await untilRolledOut(scene.cluster);
      await untilInjectedAndReady(scene);
    }));

  test('both replicas asked to leave at once answer what they are asked; no pod is refused', (t) =>
    Scene.play({ name: 'leaving' }, async (scene) => {
      await askUntilInjected(scene, 'before', healedMs);
      const { asked, refused } = await steadyPods(scene, async () => {
        await scene.cluster.succeed(['delete', 'pod', ...ofWebhook]);
        await untilRolledOut(scene.cluster);
      });
      assert.deepEqual(refused, []);
      const without = asked.filter(({ injected }) => !injected).map(({ name }) => name);
      t.diagnostic(`${without.length} of ${asked.length} pods went without, until new replicas were Ready`);
      assert.ok(asked[0]?.injected, 'the first is asked about while they leave');
      assert.deepEqual(auditedWithout(scene).toSorted(), without.toSorted());
      await untilInjectedAndReady(scene);
    }));

  test('both replicas killed at once are started again; no pod is refused meanwhile', (t) =>
    Scene.play({ name: 'killed' }, async (scene) => {
      await signalReplicas(scene.own, scene.cluster, 'KILL');
      const { without, afterMs } = await askUntilInjected(scene, 'next', healedMs);
      t.diagnostic(`${without.length} pods went without; injected again after ${afterMs} ms`);
      assert.deepEqual(auditedWithout(scene).toSorted(), without.map(({ name }) => name).toSorted());
      await toldByEvent(scene, ...without.map(({ name }) => name));
      await untilInjectedAndReady(scene);
    }));
});

async function untilInjectedAndReady(scene: Scene): Promise<void> {
  assert.ok((await ask(scene, askingPod('well'))).injected);
  await untilReady(scene, 'well');
}
