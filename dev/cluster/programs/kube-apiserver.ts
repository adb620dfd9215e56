/** kube-apiserver, with a certificate that it signs itself. */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { programPath } from '../binaries.js';
import { tokensFile } from '../credentials.js';

export interface KubeApiServerOptions {
  readonly folder: string;
  readonly etcdUrl: string;
  readonly address: string;
  readonly port: number;
  /** Keep a log of who asked for what. */
  readonly audit: boolean;
  /** What a cluster with nodes has beside. */
  readonly more: readonly string[];
}

export function kubeApiServerCommand({
  folder,
  etcdUrl,
  address,
  port,
  audit,
  more,
}: KubeApiServerOptions): readonly string[] {
  const key = serviceAccountKey(folder);
  writeKey(key);
  return [
    programPath('kube-apiserver'),
    `--etcd-servers=${etcdUrl}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${port}`,
    `--cert-dir=${folder}`,
    `--token-auth-file=${tokensFile(folder)}`,
    '--allow-privileged=true',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${key}`,
    `--service-account-key-file=${key}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // A service's webhook is asked at its endpoints: nobody carries cluster addresses here.
    '--enable-aggregator-routing=true',
    ...(audit ? auditFlags(folder) : []),
    ...more,
  ];
}

export const serviceAccountKey = (folder: string): string => join(folder, 'service-accounts.key');

export const auditFile = (folder: string): string => join(folder, 'audit.log');

/** PEM: its own certificate comes first, then that of the authority which signed it. */
export function authorityOf(folder: string): string {
  const [, authority = ''] = readFileSync(join(folder, 'apiserver.crt'), 'utf8').split(
    /(?<=-----END CERTIFICATE-----\n)/,
  );
  return authority;
}

function writeKey(file: string): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}

function auditFlags(folder: string): readonly string[] {
  const policy = join(folder, 'audit-policy.yaml');
  const rules = [{ level: 'Metadata', omitStages: ['RequestReceived'] }];
  writeFileSync(policy, stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${auditFile(folder)}`];
}
