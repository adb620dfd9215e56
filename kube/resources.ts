/** The resources we speak of. RBAC must grant each where it is used; see the module comments of those who do. */
import type { Resource } from './kube-object.js';

export const resources = {
  namespaces: { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces' },
  pods: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
  nodes: { apiVersion: 'v1', kind: 'Node', plural: 'nodes' },
  events: { apiVersion: 'v1', kind: 'Event', plural: 'events' },
  secrets: { apiVersion: 'v1', kind: 'Secret', plural: 'secrets' },
  persistentVolumeClaims: {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    plural: 'persistentvolumeclaims',
  },
  persistentVolumes: { apiVersion: 'v1', kind: 'PersistentVolume', plural: 'persistentvolumes' },
  storageClasses: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', plural: 'storageclasses' },
  configMaps: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
  replicaSets: { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets' },
  statefulSets: { apiVersion: 'apps/v1', kind: 'StatefulSet', plural: 'statefulsets' },
  experimentSchedules: {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'ExperimentSchedule',
    plural: 'experimentschedules',
  },
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  leases: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases' },
  endpointSlices: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', plural: 'endpointslices' },
  podDisruptionBudgets: {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    plural: 'poddisruptionbudgets',
  },
  volumeAttachments: {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttachment',
    plural: 'volumeattachments',
  },
  emergencyStops: { apiVersion: 'havock8s.io/v1alpha1', kind: 'EmergencyStop', plural: 'emergencystops' },
  experiments: { apiVersion: 'havock8s.io/v1alpha1', kind: 'Experiment', plural: 'experiments' },
  nodeIsolations: { apiVersion: 'havock8s.io/v1alpha1', kind: 'NodeIsolation', plural: 'nodeisolations' },
  mutatingWebhookConfigurations: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    plural: 'mutatingwebhookconfigurations',
  },
  validatingWebhookConfigurations: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    plural: 'validatingwebhookconfigurations',
  },
} as const satisfies Readonly<Record<string, Resource>>;
