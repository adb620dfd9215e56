import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { comparePair, type Place } from './compare.js';
import { type Allowed, allowed } from './differences.js';
import { PairedPods } from './paired-pods.js';
import { pathsSet, restrictedPod } from './pods.js';

const pods = ['paths-0', 'restricted'];
const readyS = 240;

const places: Readonly<Record<string, Place>> = {
  'a database with its volume whole, by subpaths, deep, by an expression and read-only': {
    pod: 'paths-0',
    container: 'first',
    paths: ['/whole', '/own', '/deep', '/data', '/frozen'],
  },
  'its second container, of another user, on the same claim': {
    pod: 'paths-0',
    container: 'second',
    paths: ['/own', '/data'],
  },
  'a restricted pod of quality Guaranteed, on a claim of its own and an emptyDir': {
    pod: 'restricted',
    container: 'app',
    paths: ['/scratch', '/cache'],
  },
};

test(
  'an injected pod is like its pair that is not, but for what is named',
  { skip: needsCluster('own') },
  (t) =>
    PairedPods.play({ name: 'alike', volumesPerNode: 2 }, async (pairs) => {
      await pairs.apply((environment) => [...pathsSet(environment), ...restrictedPod(environment)]);
      await pairs.both((environment) =>
        environment.succeed(['rollout', 'status', 'statefulset/paths', `--timeout=${readyS}s`]),
      );
      await pairs.both((environment) =>
        environment.succeed(['wait', '--for=condition=Ready', 'pod/restricted', `--timeout=${readyS}s`]),
      );
      const met = new Set<Allowed>();
      for (const [who, place] of Object.entries(places))
        await t.test(`for ${who}`, async (t) => {
          for (const one of await comparePair(t, pairs, place)) met.add(one);
        });
      await t.test('and every difference that is named is there', () =>
        assert.deepEqual(
          allowed.filter((one) => !met.has(one)).map(({ because }) => because),
          [],
        ),
      );
      await t.test('the API server has it by the same quality, name and user', (t) => storedAlike(t, pairs));
    }),
);

async function storedAlike(t: TestContext, pairs: PairedPods): Promise<void> {
  for (const name of pods) {
    const { injected, bare } = await pairs.both((environment) =>
      environment.json<StoredPod>(['get', 'pod', name]),
    );
    assert.ok(isInjected(injected));
    t.diagnostic(`${name}: ${injected.status?.qosClass}`);
    const of = ({ spec, status }: StoredPod): object => ({
      quality: status?.qosClass,
      phase: status?.phase,
      hostname: spec.hostname,
      subdomain: spec.subdomain,
      security: spec.securityContext,
      resources: spec.containers.map(({ resources }) => resources),
    });
    const wanted = bare.status?.qosClass === 'BestEffort' ? 'Burstable' : bare.status?.qosClass;
    assert.deepEqual(of(injected), { ...of(bare), quality: wanted });
  }
  const { status } = await pairs.injected.json<StoredPod>(['get', 'pod', 'restricted']);
  assert.equal(status?.qosClass, 'Guaranteed');
}
