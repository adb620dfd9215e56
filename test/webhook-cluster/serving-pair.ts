/** An authority and a certificate for a webhook's server, as cert-manager or a person would make them. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';

export interface IssuedPair {
  /** PEM, all of them. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

const hourMs = 3_600_000;

/** From an hour ago for two hours, or that much longer ago; `name` is a name of DNS or an address. */
export function issuePair(name: string, { agedMs = 0 }: { readonly agedMs?: number } = {}): IssuedPair {
  const authority = certify({ subject: 'test authority', isAuthority: true, agedMs });
  const leaf = certify({ subject: name, isAuthority: false, issuer: authority, agedMs });
  return { authority: authority.pem, certificate: leaf.pem, key: leaf.keyPem };
}

interface Certified {
  readonly pem: string;
  readonly keyPem: string;
  readonly subject: string;
}

interface CertifyOptions {
  readonly subject: string;
  readonly isAuthority: boolean;
  /** Itself without one. */
  readonly issuer?: Certified;
  readonly agedMs: number;
}

function certify({ subject, isAuthority, issuer, agedMs }: CertifyOptions): Certified {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  );
  certificate.serialNumber = `01${randomBytes(12).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - agedMs - hourMs);
  certificate.validity.notAfter = new Date(Date.now() - agedMs + hourMs);
  certificate.setSubject([{ name: 'commonName', value: subject }]);
  certificate.setIssuer([{ name: 'commonName', value: issuer?.subject ?? subject }]);
  certificate.setExtensions(
    isAuthority
      ? [
          { name: 'basicConstraints', cA: true, critical: true },
          { name: 'keyUsage', keyCertSign: true, critical: true },
        ]
      : [
          { name: 'extKeyUsage', serverAuth: true },
          { name: 'subjectAltName', altNames: [alternativeName(subject)] },
        ],
  );
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.keyPem ?? keyPem), forge.md.sha256.create());
  return { pem: forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n'), keyPem, subject };
}

/** RFC 5280, GeneralName: 2 is dNSName, 7 is iPAddress. */
const alternativeName = (name: string) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name });
