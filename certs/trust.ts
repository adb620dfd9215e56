/**
 * Whom the API server trusts: the caBundle of every webhook of the two configurations. Needs `get`, `list`, `watch`
 * and `patch` on them, which may be granted by name.
 */
import type { X509Certificate } from 'node:crypto';
import type { JsonPatchOperation, KubeApi } from '../kube/kube-api.js';
import type { KubeObject, Resource } from '../kube/kube-object.js';
import { resources } from '../kube/resources.js';
import { readCertificates } from './read-pair.js';

/** One configuration, and what each of its webhooks trusts. */
export interface Trust {
  readonly resource: Resource;
  readonly name: string;
  readonly resourceVersion: string;
  readonly webhooks: readonly { readonly name: string; readonly trusted: readonly X509Certificate[] }[];
}

export const trustResources: readonly Resource[] = [
  resources.mutatingWebhookConfigurations,
  resources.validatingWebhookConfigurations,
];

/** Configurations that do not exist trust nobody, and need not. */
export async function readTrust(api: KubeApi, name: string): Promise<readonly Trust[]> {
  const read = await Promise.all(
    trustResources.map(async (resource) => {
      const target = { resource, namespace: null, name };
      const found = await api.get<WebhookConfiguration>(target);
      return found === null ? [] : [trustOf(resource, found)];
    }),
  );
  return read.flat();
}

/** The same to each of its webhooks. Rejects when somebody changed the configuration meanwhile, or calls a webhook of it otherwise. */
export async function writeTrust(
  api: KubeApi,
  { resource, name, resourceVersion, webhooks }: Trust,
  authorities: readonly X509Certificate[],
): Promise<void> {
  const caBundle = Buffer.from(authorities.map(String).join('')).toString('base64');
  const unchanged: JsonPatchOperation = {
    op: 'test',
    path: '/metadata/resourceVersion',
    value: resourceVersion,
  };
  const written = webhooks.map(
    (_, index): JsonPatchOperation => ({
      op: 'add',
      path: `/webhooks/${index}/clientConfig/caBundle`,
      value: caBundle,
    }),
  );
  const target = { resource, namespace: null, name };
  await api.patch(target, { kind: 'json', body: [unchanged, ...written] });
}

interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: { readonly caBundle?: string };
  }[];
}

function trustOf(resource: Resource, { metadata, webhooks = [] }: WebhookConfiguration): Trust {
  return {
    resource,
    name: metadata.name,
    resourceVersion: metadata.resourceVersion ?? '',
    webhooks: webhooks.map(({ name, clientConfig }) => ({
      name,
      trusted: readCertificates(Buffer.from(clientConfig.caBundle ?? '', 'base64').toString('utf8')),
    })),
  };
}
