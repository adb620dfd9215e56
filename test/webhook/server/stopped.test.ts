/** What becomes of a pod that is created while everything is stopped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { annotation, faultPrefix } from '../../../core/keys.js';
import { podOf, responseIn, reviewOf } from './review-of.js';
import { startedServer } from './started-server.js';

const stop = { reason: 'pager', by: 'alice', at: '2026-01-02T03:04:05Z' };
const asks = { [annotation.inject]: 'true' };
const faulty = {
  ...asks,
  [`${faultPrefix}slow`]: 'disk latency 1s',
  [`${faultPrefix}a.b`]: 'nonsense',
  'x/y': 'z',
};

type Pod = {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: object;
};

function patchedPod(pod: object, patch: string | undefined): Pod {
  const operations: Operation[] =
    patch === undefined ? [] : JSON.parse(Buffer.from(patch, 'base64').toString());
  return fastJsonPatch.applyPatch(pod, operations, true, false).newDocument as Pod;
}

test('it is injected without the faults of its template, and whoever creates it is told who stopped, since when and why', async (t) => {
  const { post } = await startedServer(t, { stop });
  const { allowed, patch, warnings } = responseIn((await post('/inject', reviewOf(podOf(faulty)))).text);
  assert.equal(allowed, true);
  const { metadata, spec } = patchedPod(podOf(faulty), patch);
  const keys = Object.keys(metadata.annotations).filter((key) => key.startsWith(faultPrefix));
  assert.deepEqual([keys, metadata.annotations['x/y'], 'initContainers' in spec], [[], 'z', true]);
  assert.deepEqual(warnings, [
    'havock8s is stopped by alice since 2026-01-02T03:04:05Z: pager; this pod is created without its faults slow, a.b',
  ]);
});

test('but for the faults it is the same pod, and one without any is answered as ever', async (t) => {
  const [stopped, free] = [await startedServer(t, { stop }), await startedServer(t)];
  const clean = { ...asks, 'x/y': 'z' };
  const after = async ({ post }: typeof free, annotations: Readonly<Record<string, string>>) => {
    const pod = podOf(annotations);
    const { patch, warnings } = responseIn((await post('/inject', reviewOf(pod))).text);
    return { pod: patchedPod(pod, patch), warnings };
  };
  const wanted = await after(free, clean);
  assert.deepEqual(await after(stopped, clean), wanted);
  assert.deepEqual((await after(stopped, faulty)).pod, wanted.pod);
});

test('a pod that is skipped loses them as well', async (t) => {
  const { post } = await startedServer(t, { stop });
  const pod = podOf(faulty, { hostNetwork: true });
  const { patch, warnings } = responseIn((await post('/inject', reviewOf(pod))).text);
  assert.deepEqual(Object.keys(patchedPod(pod, patch).metadata.annotations), [annotation.inject, 'x/y']);
  assert.equal(warnings?.length, 2);
});

test('while nothing is stopped they stay', async (t) => {
  const { post } = await startedServer(t);
  const { patch, warnings } = responseIn((await post('/inject', reviewOf(podOf(faulty)))).text);
  assert.equal(
    patchedPod(podOf(faulty), patch).metadata.annotations[`${faultPrefix}slow`],
    'disk latency 1s',
  );
  assert.equal(warnings, undefined);
});
