/** A certificate and its key, as PEM from somewhere outside: looked at once, here. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Bundle } from './bundle.js';
import { certificateLimits } from './limits.js';

export interface Pair extends Bundle {
  readonly certificate: X509Certificate;
}

export type PairProblem =
  | 'absent'
  | 'too-large'
  | 'not-a-certificate'
  | 'not-a-key'
  | 'key-of-another'
  | 'expired';

/**
 * A pair that is not valid yet is sound: whoever made it may be ahead of us, and the API server is the judge.
 * Of several certificates the first one counts.
 */
export function readPair(
  certificatePem: string | undefined,
  keyPem: string | undefined,
  nowMs: number,
): Pair | PairProblem {
  if (!certificatePem || !keyPem) return 'absent';
  if (Math.max(certificatePem.length, keyPem.length) > certificateLimits.pemBytes) return 'too-large';
  const certificate = readCertificate(certificatePem);
  if (certificate === null) return 'not-a-certificate';
  const key = orNull(() => createPrivateKey(keyPem));
  if (key === null) return 'not-a-key';
  if (!certificate.checkPrivateKey(key)) return 'key-of-another';
  const span = spanOf(certificate);
  if (span.notAfterMs <= nowMs) return 'expired';
  return { certificatePem, keyPem, certificate, ...span };
}

export function readCertificate(pem: string): X509Certificate | null {
  return orNull(() => new X509Certificate(pem));
}

/** The certificates of a PEM bundle that can be read; what else stands in it is passed over. */
export function readCertificates(pem: string): readonly X509Certificate[] {
  const blocks = pem
    .slice(0, certificateLimits.pemBytes)
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return (blocks ?? []).map(readCertificate).filter((certificate) => certificate !== null);
}

export function spanOf(certificate: X509Certificate): {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
} {
  return { notBeforeMs: Date.parse(certificate.validFrom), notAfterMs: Date.parse(certificate.validTo) };
}

export function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** What OpenSSL cannot read it says by throwing, in words of its own. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
