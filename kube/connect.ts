/**
 * Finds the API server and the credentials for it.
 *
 *     const api = connect();                        KUBECONFIG, else ~/.kube/config, else in the cluster
 *     const api = connect({ kubeconfig: path });
 *
 * client-node reads kubeconfigs and knows every way to authenticate; the calls are ours, since its own send
 * every PATCH as a JSON Patch, rebuild objects through typed models that lose fields they do not know, and bound
 * nothing.
 */
import { existsSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { HavocError } from '../core/havoc-error.js';
import { httpApi } from './http-api.js';
import type { KubeApi } from './kube-api.js';

export interface ConnectOptions {
  /** A file to use instead of what is found. */
  readonly kubeconfig?: string;
}

/** Throws kube.config. Does not connect yet: whether the server answers, the first call tells. */
export function connect(options: ConnectOptions = {}): KubeApi {
  const config = readConfig(options.kubeconfig);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new HavocError(
      'kube.config',
      `the kubeconfig has no cluster for its current context ${JSON.stringify(config.currentContext ?? '')}`,
    );
  }
  if (!/^https?:\/\//.test(cluster.server)) {
    throw new HavocError('kube.config', `the server of a kubeconfig is a URL, and this is ${cluster.server}`);
  }
  return httpApi({
    server: cluster.server,
    isProxied: cluster.proxyUrl !== undefined,
    authenticate: (request) => config.applyToHTTPSOptions(request),
  });
}

function readConfig(path: string | undefined): KubeConfig {
  const config = new KubeConfig();
  try {
    if (path !== undefined) config.loadFromFile(path);
    else if (process.env['KUBECONFIG'] || !isInCluster()) config.loadFromDefault();
    else config.loadFromCluster();
  } catch (error) {
    const from = path ?? process.env['KUBECONFIG'] ?? 'the usual places';
    const why = error instanceof Error ? error.message : String(error);
    throw new HavocError('kube.config', `no kubeconfig could be read from ${from}: ${why}`, { cause: error });
  }
  // What client-node makes up when it found nothing at all.
  if (config.getCurrentCluster()?.server === 'http://localhost:8080') {
    throw new HavocError('kube.config', 'there is no kubeconfig, and this is not a pod; set KUBECONFIG');
  }
  return config;
}

function isInCluster(): boolean {
  return (
    process.env['KUBERNETES_SERVICE_HOST'] !== undefined &&
    existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token')
  );
}
