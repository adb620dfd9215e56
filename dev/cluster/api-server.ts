/**
 * A real kube-apiserver on a real etcd, on the loopback or on a host of its own. Nothing else of a cluster runs:
 * what it is given it checks, admits and stores.
 *
 *     test ─ HTTPS, token ─► kube-apiserver ─► etcd
 *                                 └─ HTTPS ─► webhooks
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../test/sidecar/mounted/until.js';
import { freePort } from '../../test/sidecar/network/ports.js';
import type { ClusterHost } from './cluster-host.js';
import { administrator, writeKubeconfig, writeTokens } from './credentials.js';
import { isReady } from './is-ready.js';
import { Kubectl } from './kubectl.js';
import { etcdCommand, etcdUrl } from './programs/etcd.js';
import { auditFile, authorityOf, kubeApiServerCommand } from './programs/kube-apiserver.js';

export interface ApiServerOptions {
  /** Where it runs; without one, on the loopback. Webhooks that are services need one: endpoints are no loopback. */
  readonly host?: ClusterHost;
  /** Users beside the administrator, with their groups. */
  readonly users?: Readonly<Record<string, readonly string[]>>;
  /** Keep a log of who asked for what. */
  readonly audit?: boolean;
}

export interface ApiServer {
  readonly url: string;
  /** PEM, of the authority that its certificate is under. */
  readonly authority: string;
  readonly folder: string;
  /** As the administrator. */
  readonly kubectl: Kubectl;
  /** The kubeconfig of a user of the options, or of somebody with a token. */
  kubeconfig(user: string, token?: string): string;
  /** JSON lines of `audit.k8s.io/v1`; '' without `audit`. */
  readAudit(): string;
  stop(): Promise<void>;
}

const startMs = 60_000;
/** Nobody carries cluster addresses, so the service `kubernetes` leads nowhere. */
const withoutNodes = ['--authorization-mode=RBAC', '--endpoint-reconciler-type=none'];

export async function startApiServer(options: ApiServerOptions = {}): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'havock8s-apiserver-'));
  const remove = removeAtTheEnd(folder);
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of [...children].reverse()) await end(child);
    await remove();
  };
  try {
    return await start({ ...options, folder, children, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Its standard input ends with this process, however that ends. Those that write there are killed at that moment, too,
 * so that a second try finds nobody.
 */
function removeAtTheEnd(folder: string): () => Promise<void> {
  const script = 'cat; rm -rf "$0" || { sleep 1; rm -rf "$0"; }';
  const remover = spawn('sh', ['-c', script, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const gone = once(remover, 'exit');
  return async () => {
    remover.stdin.end();
    await gone;
  };
}

interface Starting extends ApiServerOptions {
  readonly folder: string;
  readonly children: ChildProcess[];
  readonly stop: () => Promise<void>;
}

async function start({
  host,
  users = {},
  audit = false,
  folder,
  children,
  stop,
}: Starting): Promise<ApiServer> {
  const address = host?.address ?? '127.0.0.1';
  const run = (command: readonly string[]): ChildProcess => {
    const child = spawnLogged(host?.entering(command) ?? command, join(folder, 'log'));
    children.push(child);
    return child;
  };
  const ports =
    host === undefined
      ? { client: await freePort(), peer: await freePort(), https: await freePort() }
      : { client: 2379, peer: 2380, https: 6443 };
  const tokens = writeTokens(folder, users);
  const port = ports.https;
  const parts = { folder, etcdUrl: etcdUrl(ports.client), address, port, audit, more: withoutNodes };
  const ended = [
    once(run(etcdCommand(folder, ports)), 'exit'),
    once(run(kubeApiServerCommand(parts)), 'exit'),
  ];
  const url = `https://${address}:${port}`;
  const died = Promise.race(ended).then(() => {
    throw new Error(`the API server or its etcd ended:\n${tailOf(folder)}`);
  });
  died.catch(() => {});
  await Promise.race([until(() => isReady(url), startMs), died]).catch((error: unknown) => {
    throw new Error(`the API server does not get ready:\n${tailOf(folder)}`, { cause: error });
  });
  const authority = authorityOf(folder);
  const kubeconfig = (user: string, token = tokens[user]): string =>
    writeKubeconfig({ folder, url, authority, user, token: token ?? '' });
  return {
    url,
    authority,
    folder,
    kubeconfig,
    kubectl: new Kubectl(kubeconfig(administrator)),
    readAudit: () => (audit ? readFileSync(auditFile(folder), 'utf8') : ''),
    stop,
  };
}

/** Ends with this process at the latest. */
function spawnLogged([program = '', ...args]: readonly string[], log: string): ChildProcess {
  const command = ['--pdeathsig', 'KILL', 'sh', '-c', 'exec "$0" "$@" >>"$LOG" 2>&1', program, ...args];
  return spawn('setpriv', command, { stdio: 'ignore', env: { ...process.env, LOG: log } });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const tailOf = (folder: string): string => readFileSync(join(folder, 'log'), 'utf8').slice(-3000);
