/** An authority and a certificate for a webhook's server, as cert-manager or a person would make them. */
import { certify } from '../../../dev/cluster/certify.js';

export interface IssuedPair {
  /** PEM, all of them. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** `name` is a name of DNS or an address. From an hour ago for two hours, or that much longer ago. */
export function issuePair(name: string, { agedMs = 0 }: { readonly agedMs?: number } = {}): IssuedPair {
  const authority = certify({ subject: 'test authority', usage: 'authority', agedMs });
  const leaf = certify({ subject: name, usage: 'server', issuer: authority, agedMs });
  return { authority: authority.pem, certificate: leaf.pem, key: leaf.keyPem };
}
