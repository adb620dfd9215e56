/**
 * A thread that makes one key, signs one certificate, says so and ends: neither may keep a review waiting. The key
 * comes from OpenSSL; forge, whose signature takes tens of milliseconds of plain JavaScript, writes the certificate.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import forge from 'node-forge';
import type { IssuedPem, IssueRequest, LeafRequest } from './issue-request.js';
import { certificateLimits } from './limits.js';

function issue(request: IssueRequest): IssuedPem {
  const { privateKey: keyPem } = generateKeyPairSync('rsa', {
    modulusLength: certificateLimits.rsaBits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const key = forge.pki.privateKeyFromPem(keyPem);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  certificate.serialNumber = randomSerial();
  certificate.validity.notBefore = new Date(request.notBeforeMs);
  certificate.validity.notAfter = new Date(request.notAfterMs);
  if (request.kind === 'authority') signItself(certificate, key);
  else signLeaf(certificate, request);
  return { certificatePem: forge.pki.certificateToPem(certificate).replaceAll('\r', ''), keyPem };
}

/** No two authorities have the same name: who verifies looks for the issuer by name first. */
function signItself(certificate: forge.pki.Certificate, key: forge.pki.rsa.PrivateKey): void {
  const name = nameOf(`havock8s-webhook-ca-${certificate.serialNumber.slice(0, 12)}`);
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(key, forge.md.sha256.create());
}

function signLeaf(certificate: forge.pki.Certificate, { names, authority }: LeafRequest): void {
  const issuer = forge.pki.certificateFromPem(authority.certificatePem);
  certificate.setSubject(nameOf('havock8s-webhook'));
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: names.map((value) => ({ type: dnsName, value })) },
    { name: 'subjectKeyIdentifier' },
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
    },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(authority.keyPem), forge.md.sha256.create());
}

/** The choice that a GeneralName of RFC 5280 makes. */
const dnsName = 2;

function nameOf(commonName: string): forge.pki.CertificateField[] {
  return [{ name: 'commonName', value: commonName }];
}

/** Positive, and never with a leading zero, which would not be DER. */
function randomSerial(): string {
  const bytes = randomBytes(certificateLimits.serialBytes);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

parentPort?.postMessage(issue(workerData as IssueRequest));
