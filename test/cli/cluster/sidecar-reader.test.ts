import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { clusterLimits } from '../../../cli/cluster/cluster-limits.js';
import { type ClusterPod, readClusterPod } from '../../../cli/cluster/cluster-pod.js';
import { SidecarReader } from '../../../cli/cluster/sidecar-reader.js';
import { HavocError } from '../../../core/havoc-error.js';
import { aFault, aPod, aSidecar } from './a-pod.js';

const list = { faults: [aFault({ name: 'slow' })], sidecar: aSidecar };
const refuse = async (): Promise<never> => {
  throw new HavocError('kube.forbidden', 'pods/proxy is forbidden');
};

async function served(t: TestContext, answer: unknown): Promise<ClusterPod & { readonly server: Server }> {
  const server = createServer((_, response) => void response.end(JSON.stringify(answer)));
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const pod = readClusterPod(aPod({ readOnlyPort: (server.address() as AddressInfo).port }));
  return { ...pod, address: '127.0.0.1', server };
}

test('in the cluster the pod is asked at its address, and the API server is left alone', async (t) => {
  const pod = await served(t, list);
  const asked: string[] = [];
  const ask = async ({ path }: { readonly path: string }) => asked.push(path);
  const answer = await new SidecarReader({ ask }, true).faultsOf(pod);
  assert.equal(answer.kind, 'faults');
  assert.deepEqual(asked, []);
});

test('from outside the API server is asked for it, by its own path', async () => {
  const asked: string[] = [];
  const ask = async ({ path }: { readonly path: string }) => {
    asked.push(path);
    return list;
  };
  const pod = readClusterPod(aPod({ readOnlyPort: 7809 }));
  assert.equal((await new SidecarReader({ ask }, false).faultsOf(pod)).kind, 'faults');
  assert.deepEqual(asked, ['/api/v1/namespaces/shop/pods/pg-0:7809/proxy/v1/faults']);
});

test('where the proxy is refused the address is tried, and is the first from then on', async (t) => {
  const pod = await served(t, list);
  let asked = 0;
  const ask = (): Promise<never> => {
    asked++;
    return refuse();
  };
  const reader = new SidecarReader({ ask }, false);
  for (let time = 0; time < 2; time++) assert.equal((await reader.faultsOf(pod)).kind, 'faults');
  assert.equal(asked, 1);
});

test('where nobody answers both reasons are told, within the bound', async (t) => {
  const silent = createServer(() => {});
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  const port = (silent.address() as AddressInfo).port;
  const pod = { ...readClusterPod(aPod({ readOnlyPort: port })), address: '127.0.0.1' };
  const answer = await new SidecarReader({ ask: refuse }, true).faultsOf(pod);
  assert.deepEqual(answer, {
    kind: 'unknown',
    why: `at its address: http://127.0.0.1:${port} did not answer within ${clusterLimits.readMs / 2000} s; through the API server: pods/proxy is forbidden`,
  });
});

test('what answers something else is no sidecar', async (t) => {
  const pod = await served(t, { faults: 7 });
  const answer = await new SidecarReader({ ask: refuse }, true).faultsOf(pod);
  assert.match(answer.kind === 'unknown' ? answer.why : '', /answer is not understood/);
});

test('what another pod answers is not believed', async (t) => {
  const other = { namespace: 'shop', name: 'pg-9', uid: 'another' };
  const pod = await served(t, { ...list, sidecar: { ...aSidecar, pod: other } });
  const answer = await new SidecarReader({ ask: refuse }, true).faultsOf(pod);
  assert.match(answer.kind === 'unknown' ? answer.why : '', /pod shop\/pg-9 answered \(another\)/);
});

test('a pod without a sidecar, a port or an address is not asked', async () => {
  const reader = new SidecarReader({ ask: refuse }, true);
  const pod = readClusterPod(aPod({ readOnlyPort: 7809 }));
  for (const [lacks, why] of [
    [{ isInjected: false }, /no sidecar/],
    [{ readOnlyPort: null }, /no port to be read by/],
    [{ address: null }, /no address yet/],
  ] as const) {
    const answer = await reader.faultsOf({ ...pod, ...lacks });
    assert.match(answer.kind === 'unknown' ? answer.why : '', why);
  }
});
