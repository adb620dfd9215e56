/** The webhook's Secret as it would have become, had time passed; and whom the API server trusts. */
import { issueAuthority, issueLeaf } from '../../../certs/issue.js';
import { lifetimes } from '../../../certs/limits.js';
import type { Pair } from '../../../certs/read-pair.js';
import { serviceNames } from '../../../certs/secret-certificates.js';
import type { Kubectl } from '../../../dev/cluster/kubectl.js';
import { type Entries, secret } from '../api-server/webhook-certificates.js';
import { system, webhook } from '../installation.js';

export interface Lives {
  /** Of the authority, and since when. */
  readonly authority: { readonly madeMs: number; readonly lifeMs: number };
  readonly leaf: { readonly madeMs: number; readonly lifeMs: number };
}

/** As the webhook itself would have made them then. */
export async function forge({ authority, leaf }: Lives): Promise<Entries> {
  const issuer = await issueAuthority(authority.madeMs, { ...lifetimes, authorityMs: authority.lifeMs });
  return entriesOf(issuer, await leafUnder(issuer, leaf));
}

export async function leafUnder(authority: Pair, { madeMs, lifeMs }: Lives['leaf']): Promise<Pair> {
  const names = serviceNames(webhook, system);
  return issueLeaf(madeMs, { ...lifetimes, leafMs: lifeMs }, { authority, names });
}

/** In the place of what is there: nothing of the old is kept. */
export async function store(kubectl: Kubectl, entries: Entries): Promise<void> {
  await kubectl.run(['delete', ...secret]);
  const [kind, name = '', namespace] = secret;
  const literals = Object.entries(entries).map(([entry, pem]) => `--from-literal=${entry}=${pem}`);
  await kubectl.succeed([
    'create',
    kind,
    'generic',
    name,
    String(namespace),
    '--type=kubernetes.io/tls',
    ...literals,
  ]);
}

/** Of both registrations; the leader mends it as soon as it sees it, if it may. */
export async function trust(kubectl: Kubectl, pem: string): Promise<void> {
  const value = Buffer.from(pem).toString('base64');
  const patch = JSON.stringify([{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value }]);
  for (const kind of ['mutatingwebhookconfiguration', 'validatingwebhookconfiguration'])
    await kubectl.succeed(['patch', kind, 'havock8s', '--type=json', `--patch=${patch}`]);
}

/** Beside what else is there. */
export async function write(kubectl: Kubectl, texts: Partial<Entries>): Promise<void> {
  const patch = JSON.stringify({ stringData: texts });
  await kubectl.succeed(['patch', ...secret, '--type=merge', `--patch=${patch}`]);
}

function entriesOf(authority: Pair, leaf: Pair): Entries {
  return {
    'ca.crt': authority.certificatePem,
    'ca.key': authority.keyPem,
    'tls.crt': leaf.certificatePem,
    'tls.key': leaf.keyPem,
  };
}
