/**
 * Opens the targets of a run: one namespace of clients, and two of servers.
 *
 *                 ┌─ veth ─ servers, and in front of them HAProxy, Toxiproxy and ours in forward mode
 *     clients ────┤
 *                 └─ veth ─ servers, and ours in transparent mode
 *
 * The second is there because transparent mode has the kernel look at every packet of its namespace: the others
 * are not to pay for that.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Setup } from '../run-bench.js';
import { havock8s } from './havock8s.js';
import { link, openNamespace, startServer } from './network.js';
import { haproxy, type OpenProxy, toxiproxy } from './proxies.js';
import {
  type Network,
  proxyPorts,
  serverPorts,
  type TargetName,
  type TcpTarget,
  targetNames,
} from './target.js';

const proxies: Readonly<Record<TargetName, OpenProxy>> = {
  direct: async () => ({ ports: serverPorts }),
  // As it is usually told to splice, and as it has to be told to do it at all: in our measurements `splice-auto` never did.
  haproxy: haproxy('option splice-auto'),
  'haproxy-splice': haproxy('option splice-request', 'option splice-response'),
  toxiproxy,
  forward: havock8s('forward', 0),
  transparent: havock8s('transparent', 0),
  armed: havock8s('forward', 10),
};

export async function openTargets(names: readonly string[], setup: Setup): Promise<readonly TcpTarget[]> {
  const client = await openNamespace('client', setup.closing);
  const sites = new Map<string, Network>();
  const targets: TcpTarget[] = [];
  for (const name of targetNames.filter((one) => names.includes(one))) {
    setup.signal.throwIfAborted();
    const site = name === 'transparent' ? 'transparent' : 'servers';
    const folder = join(setup.folder, site);
    const network = sites.get(site) ?? (await openSite(client, sites.size, { ...setup, folder }));
    sites.set(site, network);
    const proxy = await proxies[name]({ ...setup, folder, name, network, ports: proxyPorts(name) });
    if (proxy !== null) targets.push({ name, label: name, network, ...proxy });
  }
  return targets;
}

/** What the clients talk to: Redis, iperf3 and the smallest web server that keeps up, one process each. */
async function openSite(client: string, nth: number, { folder, closing }: Setup): Promise<Network> {
  mkdirSync(folder);
  const namespace = await openNamespace(`server${nth}`, closing);
  const network = await link(client, namespace, nth);
  const webConfig = join(folder, 'web.cfg');
  writeFileSync(webConfig, webServer);
  const { iperf3, redis, http } = serverPorts;
  const start = (port: number, ...command: readonly (string | number)[]) =>
    startServer(command, { namespace, ports: [port], closing });
  await start(iperf3, 'iperf3', '--server', '--port', iperf3);
  await start(redis, 'redis-server', '--port', redis, '--dir', folder, ...redisOptions);
  await start(http, 'haproxy', '-db', '-f', webConfig);
  return network;
}

/** Keeps nothing on disk; nobody but the bench can reach the namespace. */
const redisOptions = '--protected-mode no --maxclients 15000 --appendonly no --save'.split(' ').concat('');

/** HAProxy answering by itself is faster at new connections than any proxy in front of it. */
const webServer = `
global
  nbthread 1
  maxconn 4000
defaults
  mode http
  timeout client 1m
  timeout server 1m
  timeout connect 5s
frontend web
  bind :${serverPorts.http}
  http-request return status 200 content-type text/plain string "ok"
`;
