/** A key and a certificate that signs itself, for 127.0.0.1. */
import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';
import type { ServingPair } from '../../../webhook/server/listen.js';

const dayMs = 86_400_000;

export function servingPair(serial = '01'): ServingPair {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const forgeKey = forge.pki.privateKeyFromPem(key);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(forgeKey.n, forgeKey.e);
  certificate.serialNumber = serial;
  certificate.validity.notBefore = new Date(Date.now() - dayMs);
  certificate.validity.notAfter = new Date(Date.now() + dayMs);
  const name = [{ name: 'commonName', value: 'havock8s-webhook' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
  ]);
  certificate.sign(forgeKey, forge.md.sha256.create());
  return { certificate: forge.pki.certificateToPem(certificate), key };
}
