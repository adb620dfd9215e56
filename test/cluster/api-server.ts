/**
 * A real kube-apiserver on a real etcd, on the loopback or on a host of its own. Nothing else of a cluster runs:
 * what it is given it checks, admits and stores.
 *
 *     test ─ HTTPS, token ─► kube-apiserver ─► etcd
 *                                 └─ HTTPS ─► webhooks
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { until } from '../disk/until.js';
import { freePort } from '../tcp/ports.js';
import { programPath } from './binaries.js';
import type { ClusterHost } from './cluster-host.js';
import { Kubectl } from './kubectl.js';

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
const administrator = 'administrator';

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
  const etcdUrl = `http://127.0.0.1:${host === undefined ? await freePort() : 2379}`;
  const port = host === undefined ? await freePort() : 6443;
  const tokens = writeTokens(folder, { ...users, [administrator]: ['system:masters'] });
  const ended = [
    once(run(etcdCommand(folder, etcdUrl, host === undefined ? await freePort() : 2380)), 'exit'),
    once(run(apiServerCommand({ folder, etcdUrl, address, port, audit })), 'exit'),
  ];
  const url = `https://${address}:${port}`;
  const died = Promise.race(ended).then(() => {
    throw new Error(`the API server or its etcd ended:\n${tailOf(folder)}`);
  });
  died.catch(() => {});
  await Promise.race([until(() => isReady(url), startMs), died]).catch((error: unknown) => {
    throw new Error(`the API server does not get ready:\n${tailOf(folder)}`, { cause: error });
  });
  // Its own certificate comes first, then that of the authority which signed it.
  const [, authority = ''] = readFileSync(join(folder, 'apiserver.crt'), 'utf8').split(
    /(?<=-----END CERTIFICATE-----\n)/,
  );
  const kubeconfig = (user: string, token = tokens[user]): string =>
    writeKubeconfig({ folder, url, authority, user, token: token ?? '' });
  return {
    url,
    authority,
    folder,
    kubeconfig,
    kubectl: new Kubectl(kubeconfig(administrator)),
    readAudit: () => (audit ? readFileSync(join(folder, 'audit.log'), 'utf8') : ''),
    stop,
  };
}

function etcdCommand(folder: string, clientUrl: string, peerPort: number): readonly string[] {
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  return [
    'etcd',
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ];
}

interface ApiServerCommand {
  readonly folder: string;
  readonly etcdUrl: string;
  readonly address: string;
  readonly port: number;
  readonly audit: boolean;
}

function apiServerCommand({ folder, etcdUrl, address, port, audit }: ApiServerCommand): readonly string[] {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(folder, 'service-accounts.key');
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const policy = join(folder, 'audit-policy.yaml');
  writeFileSync(
    policy,
    stringify({
      apiVersion: 'audit.k8s.io/v1',
      kind: 'Policy',
      rules: [{ level: 'Metadata', omitStages: ['RequestReceived'] }],
    }),
  );
  return [
    programPath('kube-apiserver'),
    `--etcd-servers=${etcdUrl}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${port}`,
    `--cert-dir=${folder}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${key}`,
    `--service-account-key-file=${key}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // A service's webhook is asked at its endpoints: nobody carries cluster addresses here.
    '--enable-aggregator-routing=true',
    '--endpoint-reconciler-type=none',
    ...(audit ? [`--audit-policy-file=${policy}`, `--audit-log-path=${join(folder, 'audit.log')}`] : []),
  ];
}

function writeTokens(
  folder: string,
  users: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, string>> {
  const tokens = Object.fromEntries(
    Object.keys(users).map((user) => [user, randomBytes(16).toString('hex')]),
  );
  const lines = Object.entries(users).map(
    ([user, groups]) => `${tokens[user]},${user},${user},"${groups.join(',')}"\n`,
  );
  writeFileSync(join(folder, 'tokens.csv'), lines.join(''), { mode: 0o600 });
  return tokens;
}

interface KubeconfigParts {
  readonly folder: string;
  readonly url: string;
  readonly authority: string;
  readonly user: string;
  readonly token: string;
}

function writeKubeconfig({ folder, url, authority, user, token }: KubeconfigParts): string {
  const file = join(folder, `${user.replace(/\W/g, '-')}.kubeconfig`);
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(authority).toString('base64') };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: user, context: { cluster: 'test', user } }],
    'current-context': user,
  };
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

/** Ends with this process at the latest. */
function spawnLogged([program = '', ...args]: readonly string[], log: string): ChildProcess {
  const command = ['--pdeathsig', 'KILL', 'sh', '-c', 'exec "$0" "$@" >>"$LOG" 2>&1', program, ...args];
  return spawn('setpriv', command, { stdio: 'ignore', env: { ...process.env, LOG: log } });
}

const isReady = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get(`${url}/readyz`, { rejectUnauthorized: false, timeout: 2000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const tailOf = (folder: string): string => readFileSync(join(folder, 'log'), 'utf8').slice(-3000);
