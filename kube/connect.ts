/**
 * Finds the API server and the credentials for it.
 *
 *     const api = connect();                        KUBECONFIG, else ~/.kube/config, else in the cluster
 *     const api = connect({ kubeconfig: path });
 *     const { api, namespace, ask } = openConnection({ context: name });
 *
 * client-node reads kubeconfigs and knows every way to authenticate; the calls are ours, since its own send
 * every PATCH as a JSON Patch, rebuild objects through typed models that lose fields they do not know, and bound
 * nothing.
 */
import { existsSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { HavocError } from '../core/havoc-error.js';
import { nearest } from '../core/nearest.js';
import { httpApi } from './http-api.js';
import { exchange, type HttpRequest, type HttpServer } from './http-exchange.js';
import type { KubeApi } from './kube-api.js';

export interface ConnectOptions {
  /** A file to use instead of what is found. */
  readonly kubeconfig?: string;
  /** Of the kubeconfig, instead of its current one. */
  readonly context?: string;
}

export interface Connection {
  readonly api: KubeApi;
  /** Of the context; `default` where it names none. */
  readonly namespace: string;
  /** What the kubeconfig calls the user; null where there is none. The API server may know them by another name. */
  readonly user: string | null;
  /** What is no call of KubeApi, as the proxy to a pod: the answer, parsed. Bounded by `ms`; rejects with a HavocError. */
  ask(request: HttpRequest, ms: number): Promise<unknown>;
}

/** Throws kube.config. Does not connect yet: whether the server answers, the first call tells. */
export function connect(options: ConnectOptions = {}): KubeApi {
  return openConnection(options).api;
}

/** As `connect`, with what the kubeconfig says beside. */
export function openConnection({ kubeconfig, context }: ConnectOptions = {}): Connection {
  const config = readConfig(kubeconfig);
  if (context !== undefined) useContext(config, context);
  const server = serverOf(config);
  return {
    api: httpApi(server),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace || 'default',
    user: config.getCurrentUser()?.name ?? null,
    ask: (request, callMs) => exchange({ ...server, callMs }, request),
  };
}

function useContext(config: KubeConfig, name: string): void {
  const names = config.getContexts().map((context) => context.name);
  if (names.includes(name)) {
    config.setCurrentContext(name);
    return;
  }
  const likely = nearest(name, names);
  const wayOut =
    likely === undefined ? `it has ${names.join(', ')}` : `did you mean ${JSON.stringify(likely)}?`;
  throw new HavocError('kube.config', `the kubeconfig has no context ${JSON.stringify(name)}; ${wayOut}`);
}

function serverOf(config: KubeConfig): HttpServer {
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
  return {
    server: cluster.server,
    isProxied: cluster.proxyUrl !== undefined,
    authenticate: (request) => config.applyToHTTPSOptions(request),
  };
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
