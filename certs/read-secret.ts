/**
 * What the Secret says. Type kubernetes.io/tls, so that everybody knows its first two entries:
 *
 *     tls.crt, tls.key           what is served
 *     ca.crt, ca.key             the authority that it is under
 *     next-ca.crt, next-ca.key   during a rotation: the authority to come, not yet served under
 *     old-ca.crt                 after it: authorities that a replica may still serve under
 *
 * Whatever is missing, garbage, expired, or does not belong together is not there.
 */
import type { X509Certificate } from 'node:crypto';
import type { KubeObject } from '../kube/kube-object.js';
import { certificateLimits } from './limits.js';
import { isIssuedBy, type Pair, readCertificates, readPair, spanOf } from './read-pair.js';

export interface Secret extends KubeObject {
  readonly type?: string;
  /** Base64. */
  readonly data?: Readonly<Record<string, string>>;
}

export interface Holdings {
  readonly authority: Pair | null;
  /** Under the authority, for the names that it must have. */
  readonly leaf: Pair | null;
  readonly next: Pair | null;
  readonly old: readonly X509Certificate[];
}

export const noHoldings: Holdings = { authority: null, leaf: null, next: null, old: [] };

export function readSecret(secret: Secret | null, names: readonly string[], nowMs: number): Holdings {
  const entry = (name: string): string | undefined => decode(secret?.data?.[name]);
  const pair = (name: string): Pair | null => {
    const read = readPair(entry(`${name}.crt`), entry(`${name}.key`), nowMs);
    return typeof read === 'string' ? null : read;
  };
  const authority = onlyAuthority(pair('ca'));
  const leaf = pair('tls');
  return {
    authority,
    leaf: leaf !== null && authority !== null && serves(leaf, authority, names) ? leaf : null,
    next: onlyAuthority(pair('next-ca')),
    old: readCertificates(entry('old-ca.crt') ?? '')
      .filter((certificate) => certificate.ca && spanOf(certificate).notAfterMs > nowMs)
      .slice(0, certificateLimits.oldAuthorities),
  };
}

/** The entries of the Secret. The served pair is always there, empty at worst, as its type wants it. */
export function writeEntries({ authority, leaf, next, old }: Holdings): Readonly<Record<string, string>> {
  const entries = {
    'tls.crt': leaf?.certificatePem ?? '',
    'tls.key': leaf?.keyPem ?? '',
    ...(authority && { 'ca.crt': authority.certificatePem, 'ca.key': authority.keyPem }),
    ...(next && { 'next-ca.crt': next.certificatePem, 'next-ca.key': next.keyPem }),
    ...(old.length > 0 && { 'old-ca.crt': old.map(String).join('') }),
  };
  return Object.fromEntries(
    Object.entries(entries).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
  );
}

function onlyAuthority(pair: Pair | null): Pair | null {
  return pair?.certificate.ca ? pair : null;
}

function serves(leaf: Pair, authority: Pair, names: readonly string[]): boolean {
  return (
    isIssuedBy(leaf.certificate, authority.certificate) &&
    names.every((name) => leaf.certificate.checkHost(name) !== undefined)
  );
}

function decode(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
}
