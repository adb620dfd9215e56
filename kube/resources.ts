/** The resources we speak of. RBAC must grant each where it is used; see the module comments of those who do. */
import type { Resource } from './kube-object.js';

export const resources = {
  namespaces: { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces' },
  pods: { apiVersion: 'v1', kind: 'Pod', plural: 'pods' },
  events: { apiVersion: 'v1', kind: 'Event', plural: 'events' },
  secrets: { apiVersion: 'v1', kind: 'Secret', plural: 'secrets' },
  deployments: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments' },
  leases: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases' },
  endpointSlices: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', plural: 'endpointslices' },
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
