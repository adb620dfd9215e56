/** What `havock8s webhook` was asked to do, judged whole before anything is opened. */
import { readFileSync, statSync } from 'node:fs';
import type { CertificateOptions, WebhookOptions } from '../../webhook/webhook-options.js';
import { BadInput, type InputProblem } from '../bad-input.js';
import { ownNamespace } from '../own-namespace.js';
import { readConfigFile } from './inject/read-manifests.js';

/** As commander gives them. */
export interface WebhookFlags {
  readonly port: string;
  readonly metricsPort: string;
  readonly config?: string;
  readonly namespace?: string;
  readonly service: string;
  readonly certs: 'secret' | 'files';
  readonly certDir?: string;
  readonly secret: string;
  readonly webhookConfiguration: string;
  readonly lease: string;
  readonly kubeconfig?: string;
  readonly logLevel: WebhookOptions['logLevel'];
}

/** Throws BadInput with every problem. */
export async function readWebhookOptions(
  flags: WebhookFlags,
  env: NodeJS.ProcessEnv,
): Promise<WebhookOptions> {
  const problems: InputProblem[] = [];
  const config = await withProblems(problems, () => readConfigFile(flags.config));
  const namespace = flags.namespace ?? ownNamespace(env);
  const port = readPort('--port', flags.port, problems);
  const metricsPort = readPort('--metrics-port', flags.metricsPort, problems);
  if (port !== 0 && port === metricsPort) {
    problems.push({ subject: `--metrics-port ${port}`, message: 'is --port already' });
  }
  checkNames(flags, namespace, problems);
  const certificates = readCertificateOptions(flags, problems);
  checkFile('--kubeconfig', flags.kubeconfig, problems);
  if (problems.length > 0 || config === null || namespace === undefined || certificates === null)
    throw new BadInput(problems);
  const { service, webhookConfiguration, lease, kubeconfig = null, logLevel } = flags;
  return {
    ...{ port, metricsPort, config, namespace, service, certificates },
    ...{ webhookConfiguration, lease, kubeconfig, logLevel },
  };
}

async function withProblems<T>(problems: InputProblem[], read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function readPort(flag: string, text: string, problems: InputProblem[]): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  problems.push({ subject: `${flag} ${text}`, message: 'expected a port from 0 (any) to 65535' });
  return Number.NaN;
}

/** RFC 1123, as Kubernetes holds names to it. */
const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const isLabel = (name: string): boolean => new RegExp(`^${label}$`).test(name);
const isSubdomain = (name: string): boolean =>
  name.length <= 253 && new RegExp(`^${label}(?:\\.${label})*$`).test(name);

function checkNames(flags: WebhookFlags, namespace: string | undefined, problems: InputProblem[]): void {
  if (namespace === undefined) {
    problems.push({
      subject: '--namespace',
      message: 'is required outside a cluster, where neither POD_NAMESPACE nor a service account says it',
    });
  }
  const names: readonly (readonly [flag: string, name: string | undefined, is: (name: string) => boolean])[] =
    [
      ['--namespace', namespace, isLabel],
      ['--service', flags.service, isLabel],
      ['--secret', flags.secret, isSubdomain],
      ['--webhook-configuration', flags.webhookConfiguration, isSubdomain],
      ['--lease', flags.lease, isSubdomain],
    ];
  for (const [flag, name, is] of names) {
    if (name === undefined || is(name)) continue;
    problems.push({
      subject: `${flag} ${name.slice(0, 100)}`,
      message: 'not a name that Kubernetes allows; expected lowercase letters, digits and -',
    });
  }
}

function readCertificateOptions(
  { certs, certDir, secret }: WebhookFlags,
  problems: InputProblem[],
): CertificateOptions | null {
  if (certs === 'secret') {
    if (certDir !== undefined) problems.push({ subject: '--cert-dir', message: 'goes with --certs files' });
    return { kind: 'secret', name: secret };
  }
  const directory = certDir ?? '';
  if (directory !== '' && isDirectory(directory)) return { kind: 'files', directory };
  const message = directory === '' ? 'is required with --certs files' : 'is not a directory';
  problems.push({ subject: `--cert-dir ${directory}`.trim(), message });
  return null;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function checkFile(flag: string, path: string | undefined, problems: InputProblem[]): void {
  if (path === undefined || textOf(path) !== undefined) return;
  problems.push({ subject: `${flag} ${path}`, message: 'cannot be read' });
}
