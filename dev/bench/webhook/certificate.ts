/** A certificate for the loopback, which vouches for itself. */
import { join } from 'node:path';
import { run } from '../command.js';

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

export async function makeCertificate(folder: string, signal: AbortSignal): Promise<CertificateFiles> {
  const files: CertificateFiles = { certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  const subject = ['-subj', '/CN=havock8s-bench', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', files.key];
  await run('openssl', ['req', '-x509', ...key, ...subject, '-days', '2', '-out', files.certificate], {
    signal,
  });
  return files;
}
