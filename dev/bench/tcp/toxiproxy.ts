/** Toxiproxy as released, without toxics; built once where there is Go. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Closing } from '../../demo/closing.js';
import { cacheFolder } from '../cache-folder.js';
import { run } from '../command.js';
import { Daemon } from '../daemon.js';
import { hasProgram } from '../programs.js';
import type { BenchContext } from '../run-bench.js';
import { listening } from './listening.js';
import { type Network, within } from './network.js';
import { type Place, type Ports, portPairs } from './place.js';

const version = 'v2.12.0';
const apiPort = 8474;

export interface ToxiproxyOptions {
  readonly network: Network;
  readonly ports: Ports;
  readonly folder: string;
}

/** Nobody, and a line that says why, where it cannot be had. */
export async function toxiproxy(
  { network, ports, folder }: ToxiproxyOptions,
  context: BenchContext,
  closing: Closing,
): Promise<Place | null> {
  const binary = await built(context);
  if (binary === null) return null;
  const file = join(folder, 'toxiproxy.json');
  writeFileSync(file, JSON.stringify(proxies(ports)));
  const command = within(network.server, binary, '-config', file, '-port', String(apiPort));
  const daemon = await Daemon.start(...command, { env: { LOG_LEVEL: 'error' } });
  closing.add(() => daemon.close());
  await listening(daemon, Object.values(ports));
  return { subject: 'toxiproxy', label: 'toxiproxy', network, ports, proxyPid: daemon.pid };
}

const proxies = (ports: Ports): readonly unknown[] =>
  portPairs(ports).map(([name, from, to]) => ({
    name,
    listen: `0.0.0.0:${from}`,
    upstream: `127.0.0.1:${to}`,
    enabled: true,
  }));

async function built({ signal, progress }: BenchContext): Promise<string | null> {
  const folder = join(cacheFolder(), `toxiproxy-${version}`);
  const binary = join(folder, 'server');
  if (existsSync(binary)) return binary;
  if (!hasProgram('go')) {
    progress('toxiproxy is left out: there is no Go to build it with');
    return null;
  }
  mkdirSync(folder, { recursive: true });
  const source = `github.com/Shopify/toxiproxy/v2/cmd/server@${version}`;
  progress(`building ${source}, once`);
  try {
    await run('go', ['install', source], { signal, env: { GOBIN: folder } });
    return binary;
  } catch (error) {
    signal.throwIfAborted();
    progress(`toxiproxy is left out: ${error instanceof Error ? error.message : error}`);
    return null;
  }
}
