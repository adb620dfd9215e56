/** An authority and a certificate for a webhook's server, as cert-manager or a person would make them. */
import { certify } from '../cluster/certify.js';

export interface IssuedPair {
  /** PEM, all of them. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** `name` is a name of DNS or an address. */
export function issuePair(name: string): IssuedPair {
  const authority = certify({ subject: 'test authority', usage: 'authority' });
  const leaf = certify({ subject: name, usage: 'server', issuer: authority });
  return { authority: authority.pem, certificate: leaf.pem, key: leaf.keyPem };
}
