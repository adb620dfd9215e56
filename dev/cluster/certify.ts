/** Certificates of authorities, servers and clients, as a person would make them for a test: from an hour ago on. */

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';
import { assertNever } from '../../core/assert-never.js';

export interface Certified {
  /** PEM, both. */
  readonly pem: string;
  readonly keyPem: string;
  readonly subject: string;
}

export interface CertifyOptions {
  /** Common name; of a server, its name of DNS or its address. */
  readonly subject: string;
  readonly usage: 'authority' | 'server' | 'client';
  /** Kubernetes reads it as a group. */
  readonly organization?: string;
  /** Itself without one. */
  readonly issuer?: Certified;
  /** From now; an hour without it. */
  readonly lifeMs?: number;
  /** All of it that much longer ago. */
  readonly agedMs?: number;
}

const hourMs = 3_600_000;

export function certify(options: CertifyOptions): Certified {
  const { subject, usage, organization, issuer, lifeMs = hourMs, agedMs = 0 } = options;
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  );
  certificate.serialNumber = `01${randomBytes(12).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - agedMs - hourMs);
  certificate.validity.notAfter = new Date(Date.now() - agedMs + lifeMs);
  const group = organization === undefined ? [] : [{ name: 'organizationName', value: organization }];
  certificate.setSubject([{ name: 'commonName', value: subject }, ...group]);
  certificate.setIssuer([{ name: 'commonName', value: issuer?.subject ?? subject }]);
  certificate.setExtensions(extensions({ subject, usage }));
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.keyPem ?? keyPem), forge.md.sha256.create());
  return { pem: forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n'), keyPem, subject };
}

function extensions({ subject, usage }: Pick<CertifyOptions, 'subject' | 'usage'>): object[] {
  switch (usage) {
    case 'authority':
      return [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, critical: true },
      ];
    case 'server':
      return [
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: [alternativeName(subject)] },
      ];
    case 'client':
      return [{ name: 'extKeyUsage', clientAuth: true }];
    default:
      return assertNever(usage);
  }
}

/** RFC 5280, GeneralName: 2 is dNSName, 7 is iPAddress. */
const alternativeName = (name: string) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name });
