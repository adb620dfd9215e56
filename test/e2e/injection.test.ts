import assert from 'node:assert/strict';
import { test } from 'node:test';
import { databasesImage } from '../../dev/cluster/images/references.js';
import { isInjected, type StoredPod } from '../webhook/pods.js';
import { needsCluster } from './cluster-at-hand.js';
import { Environment } from './environment.js';

test('a pod of an opted-in namespace gets its sidecars, and is Ready', { skip: needsCluster() }, () =>
  Environment.play({ name: 'injection' }, async (environment) => {
    await environment.apply([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          name: 'redis',
          annotations: { 'havock8s.io/inject': 'true', 'havock8s.io/volumes': 'data' },
        },
        spec: {
          terminationGracePeriodSeconds: 5,
          containers: [
            {
              name: 'redis',
              image: databasesImage,
              imagePullPolicy: 'Never',
              command: ['redis-server', '--dir', '/data', '--appendonly', 'yes'],
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
          volumes: [{ name: 'data', emptyDir: {} }],
        },
      },
    ]);
    await environment.succeed(['wait', '--for=condition=Ready', 'pod/redis', '--timeout=60s']);
    assert.ok(isInjected(await environment.json<StoredPod>(['get', 'pod', 'redis'])));
    assert.match(
      await environment.exec('redis', 'redis', ['cat', '/proc/mounts']),
      / \/data fuse\.havock8s /,
    );
  }),
);
