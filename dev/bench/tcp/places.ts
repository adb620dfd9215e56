/**
 * Opens whom a run measures: one namespace of clients, and two of servers.
 *
 *                 ┌─ veth ─ servers, and in front of them HAProxy, Toxiproxy and ours in forward mode
 *     clients ────┤
 *                 └─ veth ─ servers, and ours in transparent mode
 *
 * The second is there because transparent mode has the kernel look at every packet of its namespace: the others
 * are not to pay for that.
 */

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever } from '../../../core/assert-never.js';
import { Closing } from '../../demo/closing.js';
import type { BenchContext } from '../run-bench.js';
import { haproxy } from './haproxy.js';
import { link, type Network, openNamespace } from './network.js';
import { ours } from './ours.js';
import { type Place, proxyPorts, type Subject, serverPorts, subjects } from './place.js';
import { startServers } from './servers.js';
import { toxiproxy } from './toxiproxy.js';

export interface Places {
  readonly all: readonly Place[];
  close(): Promise<void>;
}

export interface PlacesOptions {
  readonly chosen: readonly Subject[];
  /** Where a folder is made for what the servers and proxies write. */
  readonly directory: string;
  readonly context: BenchContext;
}

export async function openPlaces(options: PlacesOptions): Promise<Places> {
  const closing = new Closing();
  try {
    return { all: await openAll(options, closing), close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function openAll(
  { chosen, directory, context }: PlacesOptions,
  closing: Closing,
): Promise<readonly Place[]> {
  const folder = mkdtempSync(join(directory, 'havock8s-bench-'));
  chmodSync(folder, 0o755);
  closing.add(async () => rmSync(folder, { recursive: true, force: true }));
  const client = await openNamespace('client', closing);
  const sites = new Map<Site, Network>();
  const all: Place[] = [];
  for (const subject of chosen) {
    context.signal.throwIfAborted();
    const site = siteOf(subject);
    const network = sites.get(site) ?? (await openSite(site, { client, folder }, closing));
    sites.set(site, network);
    const place = await openPlace(subject, { network, folder: join(folder, site), context }, closing);
    if (place !== null) all.push(place);
  }
  return all;
}

/** The namespaces of servers. */
const sites = ['servers', 'transparent'] as const;
type Site = (typeof sites)[number];

const siteOf = (subject: Subject): Site => (subject === 'transparent' ? 'transparent' : 'servers');

async function openSite(
  site: Site,
  { client, folder }: { readonly client: string; readonly folder: string },
  closing: Closing,
): Promise<Network> {
  const own = join(folder, site);
  mkdirSync(own);
  const server = await openNamespace(site, closing);
  const network = await link(client, server, sites.indexOf(site));
  await startServers(server, own, closing);
  return network;
}

interface Ground {
  readonly network: Network;
  readonly folder: string;
  readonly context: BenchContext;
}

async function openPlace(
  subject: Subject,
  { network, folder, context }: Ground,
  closing: Closing,
): Promise<Place | null> {
  const ports = proxyPorts(subjects.indexOf(subject));
  switch (subject) {
    case 'direct':
      return { subject, label: subject, network, ports: serverPorts };
    case 'haproxy':
    case 'haproxy-splice':
      return haproxy({ subject, network, ports, folder }, closing);
    case 'toxiproxy':
      return toxiproxy({ network, ports, folder }, context, closing);
    case 'forward':
    case 'transparent':
    case 'armed':
      return ours({ subject, network, ports, folder }, closing);
    default:
      return assertNever(subject);
  }
}
