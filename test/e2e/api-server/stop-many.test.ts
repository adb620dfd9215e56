/**
 * How soon everything is off: 50 pods with a fault each, the command as a process, and each sidecar's own word for when it
 * switched off. The API server is real; what the kubelet carries to the sidecars is carried by a watch.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultPrefix } from '../../../core/keys.js';
import { startApiServer } from '../../../dev/cluster/api-server.js';
import { connect } from '../../../kube/connect.js';
import { resources } from '../../../kube/resources.js';
import { runCli } from '../../cli/run-cli.js';
import { needs } from '../../needs.js';
import { startedControl } from '../../sidecar/control/started-control.js';
import { until } from '../../sidecar/mounted/until.js';
import { slowdown } from '../../slowdown.js';
import { createPod, followAnnotations, namespace, ofAnyPod } from './pods-without-nodes.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const count = 50;
const rounds = 3;
/** From the start of the command. */
const offMs = 2000;

test(`stop --all: ${count} pods are off within ${offMs / 1000} s`, { skip, timeout: 300_000 }, async (t) => {
  const server = await startApiServer();
  t.after(() => server.stop());
  const { kubectl } = server;
  await kubectl.succeed(['apply', '--kustomize=manifests/base']);
  await kubectl.succeed(['wait', '--for=condition=Established', 'crd/emergencystops.havock8s.io']);
  await kubectl.createNamespace(namespace);
  const api = connect({ kubeconfig: kubectl.kubeconfig });
  const names = Array.from({ length: count }, (_, index) => `pg-${index}`);
  const sidecars = await Promise.all(
    names.map(async (pod) => ({ pod, ...(await startedControl(t, ofAnyPod)) })),
  );
  for (const { pod, url } of sidecars)
    await createPod(kubectl, { name: pod, readOnlyPort: Number(new URL(url).port) });
  followAnnotations(t, kubectl, ...sidecars);
  const offAtMs = new Map<string, number>();
  for (const { pod, registry } of sidecars)
    registry.events.subscribe({
      event: ({ kind }) => kind === 'disarmed' && offAtMs.set(pod, performance.now()),
      end: () => {},
    });
  const arm = (name: string): Promise<unknown> =>
    api.patch(
      { resource: resources.pods, namespace, name },
      {
        kind: 'merge',
        body: { metadata: { annotations: { [`${faultPrefix}slow`]: 'disk latency 1s for 5m' } } },
      },
    );

  const tookMs: number[] = [];
  const slowness: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // An emergency stop that was released is out of force within a moment.
    await until(
      () =>
        arm(names[0] ?? '').then(
          () => true,
          () => false,
        ),
      30_000,
    );
    await Promise.all(names.map(arm));
    await until(() => sidecars.every(({ applier }) => applier.armed.length === 1), 60_000);
    offAtMs.clear();
    slowness.push(slowdown());
    const startedMs = performance.now();
    const env = { KUBECONFIG: kubectl.kubeconfig };
    const ran = await runCli(t, ['stop', '--all', '--reason', 'it is measured', '-o', 'json'], { env });
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
    slowness.push(slowdown());
    assert.equal(offAtMs.size, count);
    tookMs.push(...[...offAtMs.values()].map((atMs) => atMs - startedMs));
    assert.equal((await runCli(t, ['release'], { env })).code, 0);
  }
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => quantile(tookMs, share));
  const factor = Math.max(...slowness);
  const said = `${tookMs.length} sidecars off after ${p50} ms (p50), ${p99} ms (p99), ${most} ms (most); the machine was ${factor.toFixed(1)} times as slow`;
  t.diagnostic(said);
  assert.ok((p99 ?? offMs) < offMs * factor, said);
});

const quantile = (values: readonly number[], share: number): number =>
  Math.round(values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? Number.NaN);
