/** The chart, installed by helm on a real API server. Nothing runs there: no replica of the webhook ever answers. */
import { type ApiServer, type ApiServerOptions, startApiServer } from '../../../../dev/cluster/api-server.js';
import { chart, ownNamespace, succeed } from '../../../manifests/programs.js';
import { needs } from '../../../needs.js';
import { until } from '../../../sidecar/mounted/until.js';

export const cannotInstall = needs('etcd', 'kube-apiserver', 'kubectl', 'helm', 'setpriv');

/** For the API server to take note of policies and webhooks: it watches them. */
const noticeMs = 20_000;
/** A namespace that is opted in. */
export const databases = 'databases';

export async function withInstallation(
  options: ApiServerOptions,
  use: (server: ApiServer) => Promise<void>,
): Promise<void> {
  const server = await startApiServer(options);
  try {
    await server.kubectl.createNamespace(databases, { 'havock8s.io/injection': 'enabled' });
    helm(server, ['install', 'havock8s', chart, '--create-namespace']);
    await use(server);
  } finally {
    await server.stop();
  }
}

export function helm(server: ApiServer, args: readonly string[]): string {
  const kubeconfig = server.kubeconfig('administrator');
  return succeed('helm', [...args, '--namespace', ownNamespace], { kubeconfig });
}

export const eventually = (condition: () => Promise<boolean>): Promise<void> => until(condition, noticeMs);

export interface PodParts {
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: object;
}

export function pod(name: string, { namespace = databases, annotations, labels, spec }: PodParts = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, annotations: annotations ?? {}, labels: labels ?? {} },
    spec: { containers: [{ name: 'app', image: 'app' }], ...spec },
  };
}
