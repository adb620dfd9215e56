/** Applies the manifests, and gives what the kubelet would give to a pod of their Deployment. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiServer } from '../../../dev/cluster/api-server.js';

export const system = 'havock8s-system';
export const service = 'havock8s-webhook';

export interface Installation {
  /** Of the Deployment's container, its paths in a folder of ours. */
  readonly args: readonly string[];
  readonly nodeOptions: string;
  /** With a token of the Deployment's service account. */
  readonly kubeconfig: string;
  /** Of tls.crt and tls.key, where files are served. */
  readonly certificates: string;
}

export type CertificateMaker = 'secret' | 'files';

const configFolder = '/etc/havock8s';

export async function install(
  { kubectl, folder, kubeconfig }: ApiServer,
  certs: CertificateMaker,
): Promise<Installation> {
  await kubectl.succeed(['apply', '--kustomize=manifests/base']);
  const [config, certificates] = [join(folder, 'config'), join(folder, 'tls')];
  for (const made of [config, certificates]) mkdirSync(made, { recursive: true });
  const { data } = await kubectl.json<ConfigMap>(['get', 'configmap', service, `--namespace=${system}`]);
  for (const [name, text] of Object.entries(data)) writeFileSync(join(config, name), text);
  const { spec } = await kubectl.json<Deployment>(['get', 'deployment', service, `--namespace=${system}`]);
  const { containers, serviceAccountName } = spec.template.spec;
  const token = await kubectl.succeed(['create', 'token', serviceAccountName, `--namespace=${system}`]);
  const args = (containers[0]?.args ?? []).map((arg) => arg.replace(`=${configFolder}/`, `=${config}/`));
  const files = ['--certs=files', `--cert-dir=${certificates}`];
  return {
    nodeOptions: containers[0]?.env.find(({ name }) => name === 'NODE_OPTIONS')?.value ?? '',
    args: certs === 'secret' ? args : [...args.filter((arg) => !/^--(certs|secret)=/.test(arg)), ...files],
    kubeconfig: kubeconfig(`${system}-${serviceAccountName}`, token.trim()),
    certificates,
  };
}

interface ConfigMap {
  readonly data: Readonly<Record<string, string>>;
}

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly serviceAccountName: string;
        readonly containers: readonly {
          readonly args: readonly string[];
          readonly env: readonly { readonly name: string; readonly value?: string }[];
        }[];
      };
    };
  };
}
