import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { faultPrefix } from '../../../core/keys.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { idlePod } from '../idle-pod.js';

describe('what kubectl annotate says', { skip: needsCluster() }, () => {
  let environment: Environment;

  before(async () => {
    environment = await Environment.open({ name: 'refused' });
    await environment.apply([idlePod('injected', { inject: true }), idlePod('bare', { inject: false })]);
    await environment.succeed([
      'wait',
      '--for=condition=Ready',
      'pod/injected',
      'pod/bare',
      '--timeout=120s',
    ]);
  });

  after(() => environment?.close());

  const annotate = (name: string, sentence: string) =>
    environment.run(['annotate', 'pod', name, '--overwrite', `${faultPrefix}try=${sentence}`]);

  const annotated = async (name: string): Promise<string | undefined> => {
    const { metadata } = await environment.json<{ metadata: { annotations?: Record<string, string> } }>([
      'get',
      'pod',
      name,
    ]);
    return metadata.annotations?.[`${faultPrefix}try`];
  };

  for (const [sentence, column, way] of [
    ['disk latensy 200ms on fsync', 6, 'latency'],
    ['disk latency 200 on fsync', 14, '200ms'],
    ['disk error EIO on fsyn', 19, 'fsync'],
    ['tcp corrupt 1 bits on fsync', 20, ''],
  ] as const)
    test(`"${sentence}" is refused, by its column ${column}, and nothing changes`, async (t) => {
      const { code, stderr } = await annotate('injected', sentence);
      t.diagnostic(stderr.trim());
      assert.notEqual(code, 0);
      assert.ok(stderr.includes(`${faultPrefix}try: column ${column}: `), stderr);
      assert.ok(stderr.includes(way), stderr);
      assert.equal(await annotated('injected'), undefined);
    });

  test('every mistake of a sentence is told at once', async () => {
    const { stderr } = await annotate('injected', 'disk latensy 200 on fsink');
    assert.ok((stderr.match(/column \d+: /g) ?? []).length >= 2, stderr);
  });

  test('a right one on a pod without a sidecar is kept, with a warning', async (t) => {
    const { code, stderr } = await annotate('bare', 'disk latency 200ms on fsync');
    t.diagnostic(stderr.trim());
    assert.equal(code, 0);
    assert.match(stderr, /^Warning: this pod has no sidecar of havock8s/m);
    assert.equal(await annotated('bare'), 'disk latency 200ms on fsync');
  });

  test('a right one on a pod with a sidecar is kept without a word', async () => {
    const { code, stderr } = await annotate('injected', 'disk latency 200ms on fsync for 1s');
    assert.deepEqual([code, stderr], [0, '']);
  });
});
