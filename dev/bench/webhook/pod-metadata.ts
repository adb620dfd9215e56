/** The metadata of the pods that are reviewed, managed fields included, as the API server sends them. */
import { annotation } from '../../../core/keys.js';

export const labels = {
  'app.kubernetes.io/component': 'primary',
  'app.kubernetes.io/instance': 'orders',
  'app.kubernetes.io/managed-by': 'Helm',
  'app.kubernetes.io/name': 'postgresql',
  'app.kubernetes.io/version': '17.2.0',
  'apps.kubernetes.io/pod-index': '0',
  'controller-revision-hash': 'orders-postgresql-7c9d8b6f5',
  'helm.sh/chart': 'postgresql-16.4.1',
  'statefulset.kubernetes.io/pod-name': 'orders-postgresql-0',
};

/** `settings` are the names in the environment of the database. */
export function metadata(settings: readonly string[]): object {
  return {
    name: 'orders-postgresql-0',
    generateName: 'orders-postgresql-',
    namespace: 'shop',
    creationTimestamp: null,
    labels,
    annotations: {
      [annotation.inject]: 'true',
      'checksum/configuration': '3b1d2f0c6a2b1f4d8e3f7c5b9a0d4e6f1c2b3a4d5e6f708192a3b4c5d6e7f809',
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': '9187',
    },
    ownerReferences: [
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        name: 'orders-postgresql',
        uid: '0b7f3c0e-6a0e-4b0b-9a4e-2f6d1c7b8e90',
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
    managedFields: managedFields(settings),
  };
}

/** Each setting is two lines here as well: a large part of what a large pod weighs. */
function managedFields(settings: readonly string[]): readonly object[] {
  const envFields = settings.map((name) => [
    `k:{"name":"${name}"}`,
    { '.': {}, 'f:name': {}, 'f:value': {} },
  ]);
  return [
    {
      manager: 'kube-controller-manager',
      operation: 'Update',
      apiVersion: 'v1',
      time: '2026-01-01T00:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': {
          'f:annotations': { '.': {}, 'f:checksum/configuration': {} },
          'f:generateName': {},
          'f:labels': Object.fromEntries(Object.keys(labels).map((key) => [`f:${key}`, {}])),
        },
        'f:spec': {
          'f:containers': {
            'k:{"name":"postgresql"}': {
              '.': {},
              'f:env': { '.': {}, ...Object.fromEntries(envFields) },
              'f:image': {},
              'f:livenessProbe': { '.': {}, 'f:exec': { '.': {}, 'f:command': {} } },
              'f:resources': { '.': {}, 'f:limits': { '.': {}, 'f:cpu': {}, 'f:memory': {} } },
              'f:volumeMounts': { '.': {}, 'k:{"mountPath":"/bitnami/postgresql"}': { '.': {} } },
            },
          },
        },
      },
    },
  ];
}
