/** Peers that a sentence names as targets or labels, as addresses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withAddresses } from '../../../../experiment/worlds/kubernetes/peers.js';
import { podView } from '../../../../experiment/worlds/kubernetes/pod-view.js';

interface Given {
  readonly ips?: readonly string[];
  readonly app?: string;
  readonly isEnding?: boolean;
}

const aPod = (name: string, { ips = [], app = 'db', isEnding = false }: Given) =>
  podView({
    metadata: {
      ...{ name, uid: name, labels: { app } },
      ...(isEnding && { deletionTimestamp: '2026-12-01T00:00:00Z' }),
    },
    status: { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) },
  } as never);

const place = (pod: string) => ({ pod, uid: pod, node: '', role: null });
const pods = [
  aPod('db-0', { ips: ['10.0.0.9', 'fd00::9'] }),
  aPod('db-1', { ips: ['10.0.0.2'] }),
  aPod('db-2', {}),
  aPod('db-3', { ips: ['10.0.0.3'], isEnding: true }),
  aPod('web', { ips: ['10.0.0.7'], app: 'web' }),
];
const podsOf = (target: string) => (target === 'all' ? pods : []);

const until = 'until 2027-01-01T00:00:00Z';
const from = (sentence: string, pod = 'db-1') =>
  withAddresses(`${sentence} ${until}`, place(pod), { podsOf, pods }).replace(` ${until}`, '');

test('those of a target that have an address and do not end, of each family, but for the pod itself', () => {
  assert.equal(from('tcp partition with @all'), 'tcp partition with 10.0.0.7,10.0.0.9,fd00::9');
  assert.equal(from('tcp partition with @all', 'db-0'), 'tcp partition with 10.0.0.2,10.0.0.7');
});

test('labels are of the pods of the namespace; other peers stay as they are', () => {
  assert.equal(
    from('tcp latency 1s from app=web,10.1.0.0/16,pg-1'),
    'tcp latency 1s from 10.0.0.7,10.1.0.0/16,pg-1',
  );
});

test('nobody is not everybody', () => {
  assert.equal(from('tcp partition from @gone to app=none'), 'tcp partition from 0.0.0.0 to 0.0.0.0');
  assert.equal(from('tcp partition with @unknown'), 'tcp partition with 0.0.0.0');
});

test('what names no pods comes back as it is, to the letter', () => {
  for (const sentence of ['tcp partition', 'tcp partition from node', 'disk freeze on sync', 'no sentence'])
    assert.equal(withAddresses(sentence, place('db-1'), { podsOf, pods }), sentence);
});
