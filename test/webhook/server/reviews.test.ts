/** What the API server gets back, over real HTTPS. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { sidecar } from '../../../core/pod-layout.js';
import { manyAtOnce } from './many-at-once.js';
import { podOf, responseIn, reviewOf, uid } from './review-of.js';
import { startedServer } from './started-server.js';

test('a pod that asks is answered with a patch, and reviewed again with none', async (t) => {
  const { post } = await startedServer(t);
  const answer = await post('/inject?timeout=3s', reviewOf(podOf()));
  assert.equal(answer.status, 200);
  const response = responseIn(answer.text);
  assert.deepEqual([response.uid, response.allowed, response.patchType], [uid, true, 'JSONPatch']);
  const patch: Operation[] = JSON.parse(Buffer.from(response.patch!, 'base64').toString());
  const injected = fastJsonPatch.applyPatch(podOf() as object, patch, true, false).newDocument as ReturnType<
    typeof podOf
  >;
  const { initContainers } = injected['spec'] as { initContainers: { name: string }[] };
  assert.deepEqual(
    initContainers.map(({ name }) => name),
    [sidecar.mount, sidecar.faults],
  );
  const again = responseIn((await post('/inject', reviewOf(injected))).text);
  assert.deepEqual(again, { uid, allowed: true });
});

test('a pod that nobody asked about is let pass without a word', async (t) => {
  const { post } = await startedServer(t);
  assert.deepEqual(responseIn((await post('/inject', reviewOf(podOf({})))).text), { uid, allowed: true });
});

test('a pod that is skipped is let pass with the reason as a warning', async (t) => {
  const { post } = await startedServer(t);
  const { allowed, patch, warnings } = responseIn(
    (await post('/inject', reviewOf(podOf(undefined, { hostNetwork: true })))).text,
  );
  assert.deepEqual([allowed, patch, warnings?.length], [true, undefined, 1]);
  assert.match(warnings![0]!, /^havock8s .*hostNetwork/);
});

test('a pod without a name yet, and with the same annotation twice, is reviewed', async (t) => {
  const { post } = await startedServer(t);
  const review = reviewOf(podOf())
    .replace('"name":"db-0"', '"generateName":"db-"')
    .replace('"havock8s.io/inject":"true"', '"havock8s.io/inject":"maybe","havock8s.io/inject":"true"');
  assert.equal(responseIn((await post('/inject', review)).text).patchType, 'JSONPatch');
});

test('200 volumes are refused a sidecar, not the pod', async (t) => {
  const { post } = await startedServer(t);
  const names = Array.from({ length: 200 }, (_, index) => `data-${index}`);
  const pod = podOf(undefined, {
    volumes: names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    containers: [{ name: 'db', volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) }],
  });
  const { allowed, patch, warnings } = responseIn((await post('/inject', reviewOf(pod))).text);
  assert.deepEqual([allowed, patch], [true, undefined]);
  assert.match(warnings![0]!, /more volumes than one sidecar serves/);
});

test('a warning has no control character and no more characters than the API server takes', async (t) => {
  const { post } = await startedServer(t);
  const long = `\u0007${'🎲'.repeat(600)}\n`;
  const { warnings } = responseIn(
    (await post('/inject', reviewOf(podOf({ 'havock8s.io/inject': long })))).text,
  );
  assert.equal([...warnings![0]!].length, 256);
  assert.doesNotMatch(warnings![0]!, /\p{Cc}/u);
});

test('many things left alone make few warnings, which add up to no more than are shown whole', async (t) => {
  const { post } = await startedServer(t);
  const volumes = Array.from({ length: 40 }, (_, index) => `no-such-volume-${index}-${'x'.repeat(150)}`);
  const annotations = { 'havock8s.io/inject': 'true', 'havock8s.io/volumes': `data,${volumes.join(',')}` };
  const { patchType, warnings } = responseIn((await post('/inject', reviewOf(podOf(annotations)))).text);
  assert.equal(patchType, 'JSONPatch');
  assert.ok(warnings!.join('').length <= 4096 && warnings!.length <= 15);
  assert.match(warnings!.at(-1)!, /26 more to say/);
});

test('a bad sentence is refused with its column, a right one is let pass', async (t) => {
  const { post } = await startedServer(t);
  const annotate = async (sentence: string) => {
    const pod = podOf({ 'fault.havock8s.io/slow': sentence });
    const review = reviewOf(pod, { operation: 'UPDATE', oldObject: podOf({}) });
    return responseIn((await post('/validate-faults', review)).text);
  };
  const { allowed, status, patch } = await annotate('disk latensy 1s');
  assert.deepEqual([allowed, status?.code, status?.reason, patch], [false, 422, 'Invalid', undefined]);
  assert.match(status!.message, /^fault\.havock8s\.io\/slow: column 6: .*"latency"/);
  assert.equal((await annotate('disk latency 1s')).allowed, true);
});

test('a dry run is answered as any other', async (t) => {
  const { post, logged } = await startedServer(t);
  const { patchType } = responseIn((await post('/inject', reviewOf(podOf(), { dryRun: true }))).text);
  assert.equal(patchType, 'JSONPatch');
  assert.equal(logged.find(({ code }) => code === 'webhook.reviewed')?.['dryRun'], true);
});

test('what the webhooks are not for is let pass with a warning', async (t) => {
  const { post } = await startedServer(t);
  const deployment = {
    kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  };
  for (const fields of [
    deployment,
    { operation: 'UPDATE' },
    { subResource: 'status' },
    { operation: 'DELETE' },
  ]) {
    const { allowed, warnings, patch } = responseIn((await post('/inject', reviewOf(podOf(), fields))).text);
    assert.deepEqual([allowed, patch, warnings?.length], [true, undefined, 1], JSON.stringify(fields));
  }
  const { allowed } = responseIn((await post('/validate-faults', reviewOf({}, deployment))).text);
  assert.equal(allowed, true);
});

test('an error of ours lets the pod pass, says so, is logged and counted', async (t) => {
  const { post, probe, logged } = await startedServer(t, {
    inject: () => {
      throw new TypeError('undefined is not a pod');
    },
  });
  const { allowed, warnings } = responseIn((await post('/inject', reviewOf(podOf()))).text);
  assert.equal(allowed, true);
  assert.match(warnings![0]!, /a mistake of its own/);
  assert.ok(logged.some(({ code, uid: of }) => code === 'webhook.bug' && of === uid));
  const { text } = await probe('/metrics');
  assert.match(text, /reviews_total\{webhook="inject",outcome="skipped",reason="our-error"\} 1\n/);
});

test('a namespace that cannot be looked up gets no sidecar, for it may forbid one', async (t) => {
  const { post } = await startedServer(t, { context: () => Promise.resolve(null) });
  const { allowed, patch, warnings } = responseIn((await post('/inject', reviewOf(podOf()))).text);
  assert.deepEqual([allowed, patch], [true, undefined]);
  assert.match(warnings![0]!, /namespace could not be looked up/);
  const unasked = responseIn((await post('/inject', reviewOf(podOf({})))).text);
  assert.deepEqual(unasked, { uid, allowed: true });
});

test('300 reviews at once, each on a connection of its own, are all answered', (t) => manyAtOnce(t, 300));
