/** What the webhook keeps in its Secret, and what the API server trusts. */
import type { Kubectl } from '../../../dev/cluster/kubectl.js';
import { system } from './install.js';

/** For kubectl. */
export const secret = ['secret', 'havock8s-webhook-tls', `--namespace=${system}`] as const;

/** PEM by the names of the Secret's entries. */
export type Entries = Readonly<Record<'tls.crt' | 'tls.key' | 'ca.crt' | 'ca.key', string>>;

export async function readEntries(kubectl: Kubectl): Promise<Entries> {
  const { data } = await kubectl.json<{ data: Record<string, string> }>(['get', ...secret]);
  return Object.fromEntries(
    Object.entries(data).map(([name, base64]) => [name, Buffer.from(base64, 'base64').toString()]),
  ) as Entries;
}

/** PEM, of each webhook configuration. */
export async function readTrusted(kubectl: Kubectl): Promise<readonly string[]> {
  const kinds = ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'];
  const configurations = kinds.map((kind) => kubectl.json<Configuration>(['get', kind, 'havock8s']));
  return (await Promise.all(configurations)).map(({ webhooks }) =>
    Buffer.from(webhooks[0].clientConfig.caBundle, 'base64').toString(),
  );
}

interface Configuration {
  readonly webhooks: readonly [{ readonly clientConfig: { readonly caBundle: string } }];
}
