import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  describeState,
  podsWithRole,
  type RoleReading,
  readingOf,
} from '../../../experiment/worlds/kubernetes/roles/role.js';
import { settled } from '../../../experiment/worlds/kubernetes/roles/settled.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { portForward } from '../port-forward.js';
import { password, patroniSet, postgresPort } from './patroni.js';
import { rolesNow } from './roles-now.js';

const name = 'pg';
const replicas = 3;
const readyS = 290;
const patience = { boundMs: 120_000 };

describe('PostgreSQL under Patroni: the primary is found, before and after each failover', {
  skip: needsCluster(),
}, () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open({ name: 'patroni', injected: false });
    await environment.apply(patroniSet({ name, replicas }));
    await environment.succeed(['rollout', 'status', `statefulset/${name}`, `--timeout=${readyS}s`]);
  });
  after(() => environment?.close());

  const read = (role: object, only?: string): Promise<RoleReading> =>
    rolesNow(environment, {
      ...{ labelSelector: `cluster-name=${name}`, role, password },
      ...(only !== undefined && { only }),
    });

  /** Each pod's database, by a forwarded port: this machine has no way to the pods' addresses. */
  async function readDatabases(): Promise<RoleReading> {
    const roles = await Promise.all(
      Array.from({ length: replicas }, async (_, index) => {
        const pod = `${name}-${index}`;
        const forward = await portForward(environment, pod, postgresPort);
        try {
          const database = { kind: 'postgres', user: 'postgres', port: forward.port };
          return [...(await read({ by: 'database', database }, pod)).pods];
        } finally {
          await forward.close();
        }
      }),
    );
    return readingOf({ pods: new Map(roles.flat()), way: 'forwarded', remarks: [] });
  }

  /** One primary by each of the three ways, the same, and nobody else. */
  async function agreedPrimary(): Promise<string> {
    let primary = '';
    await eventually(
      'label, leader lock and databases agree',
      async () => {
        const [label, lock] = [await read({}), await read({ by: 'operator' })];
        const databases = await readDatabases();
        const result = settled(databases);
        if (result.kind === 'unsettled') return result.why;
        const names = [label, lock, databases].map((reading) => podsWithRole(reading, 'primary').join());
        [primary = ''] = names;
        return new Set(names).size === 1 || [label, lock].map(describeState).join(' | ');
      },
      patience,
    );
    return primary;
  }

  test('label, leader lock and databases agree on one primary, and the rest are replicas', async (t) => {
    const primary = await agreedPrimary();
    const label = await read({});
    assert.equal(label.way, 'label role (Patroni)');
    assert.deepEqual(podsWithRole(label, 'primary'), [primary]);
    assert.equal(podsWithRole(label, 'replica').length, replicas - 1);
    const lock = await read({ by: 'operator' });
    assert.equal(lock.way, "ConfigMap (Patroni's leader lock)");
    t.diagnostic(`${primary}: ${JSON.stringify(label.pods.get(primary))}`);
  });

  test('the primary is killed twice: the second hit is on the new one', async (t) => {
    let last = await agreedPrimary();
    for (const round of [1, 2]) {
      const [primary = ''] = podsWithRole(await read({}), 'primary');
      assert.equal(primary, last);
      const beganMs = performance.now();
      await environment.succeed(['delete', 'pod', primary, '--grace-period=0', '--force']);
      const seen = new Set<string>();
      await eventually(
        'another pod has the label of the primary',
        async () => {
          const reading = await read({});
          seen.add(reading.state.kind);
          const primaries = podsWithRole(reading, 'primary');
          return (primaries.length === 1 && primaries[0] !== primary) || describeState(reading);
        },
        patience,
      );
      const tookS = (performance.now() - beganMs) / 1000;
      last = await agreedPrimary();
      assert.notEqual(last, primary);
      t.diagnostic(
        `round ${round}: ${primary} to ${last} in ${tookS.toFixed(1)} s; states seen: ${[...seen].join(', ')}`,
      );
    }
  });

  test('Patroni stopped on the primary, and not PostgreSQL: split brain is seen, and that it heals', async (t) => {
    const old = await agreedPrimary();
    const signal = (name: string): Promise<string> =>
      environment.exec(old, 'postgres', [
        'bash',
        '-c',
        `kill -${name} $(pgrep -f '[p]atroni /var/lib' | grep -vx 1)`,
      ]);
    await signal('STOP');
    const beganMs = performance.now();
    try {
      await eventually(
        'label and databases say two primaries',
        async () => {
          const [label, databases] = [await read({}), await readDatabases()];
          const both = [label, databases].every(({ state }) => state.kind === 'two');
          return both || [label, databases].map(describeState).join(' | ');
        },
        patience,
      );
      t.diagnostic(`two primaries after ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
      const lock = await read({ by: 'operator' });
      assert.equal(podsWithRole(lock, 'primary').length, 1, describeState(lock));
      assert.notEqual(podsWithRole(lock, 'primary')[0], old);
    } finally {
      await signal('CONT');
    }
    assert.notEqual(await agreedPrimary(), old);
  });
});
