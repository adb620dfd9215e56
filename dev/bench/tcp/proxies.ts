/** Other proxies: HAProxy with one thread, and Toxiproxy as released, without toxics, built once where there is Go. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../../core/havoc-error.js';
import { cacheRoot } from '../../cache-root.js';
import { hasProgram } from '../../programs/installed.js';
import { run } from '../../programs/run.js';
import type { Setup } from '../run-bench.js';
import { startServer } from './network.js';
import { type Network, type Ports, serverPorts, type TargetName, type TcpTarget } from './target.js';

/** Null, and a line that says why, where it cannot be had. */
export type OpenProxy = (setup: ProxySetup) => Promise<Omit<TcpTarget, 'name' | 'label' | 'network'> | null>;

export interface ProxySetup extends Setup {
  readonly name: TargetName;
  readonly network: Network;
  /** Where it listens, in front of the servers'. */
  readonly ports: Ports;
}

/** From what a proxy listens at to what it leads to. */
export const portPairs = ({ iperf3, redis, http }: Ports) =>
  [
    ['iperf3', iperf3, serverPorts.iperf3],
    ['redis', redis, serverPorts.redis],
    ['http', http, serverPorts.http],
  ] as const;

export function haproxy(...splicing: readonly string[]): OpenProxy {
  return async (setup) => {
    const file = join(setup.folder, `${setup.name}.cfg`);
    const services = portPairs(setup.ports).map(
      ([name, from, to]) => `listen ${name}\n  bind :${from}\n  server real 127.0.0.1:${to}\n`,
    );
    const common = ['mode tcp', ...splicing, 'timeout connect 5s', 'timeout client 1h', 'timeout server 1h'];
    const config = `global\n  nbthread 1\n  maxconn 6000\ndefaults\n  ${common.join('\n  ')}\n`;
    writeFileSync(file, config + services.join(''));
    return serve(setup, ['haproxy', '-db', '-f', file]);
  };
}

const version = 'v2.12.0';
const apiPort = 8474;

export const toxiproxy: OpenProxy = async (setup) => {
  const binary = await builtToxiproxy(setup);
  if (binary === null) return null;
  const file = join(setup.folder, 'toxiproxy.json');
  const services = portPairs(setup.ports).map(([name, from, to]) => ({
    name,
    listen: `0.0.0.0:${from}`,
    upstream: `127.0.0.1:${to}`,
    enabled: true,
  }));
  writeFileSync(file, JSON.stringify(services));
  return serve(setup, [binary, '-config', file, '-port', apiPort], { ...process.env, LOG_LEVEL: 'error' });
};

async function serve(
  { network, ports, closing }: ProxySetup,
  command: readonly (string | number)[],
  env: NodeJS.ProcessEnv = process.env,
) {
  const options = { namespace: network.server, ports: Object.values(ports), closing, env };
  return { ports, proxyPid: (await startServer(command, options)).pid };
}

async function builtToxiproxy({ signal, progress }: Setup): Promise<string | null> {
  const folder = join(cacheRoot(), `toxiproxy-${version}`);
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
    await run('go', ['install', source], { signal, env: { ...process.env, GOBIN: folder } });
    return binary;
  } catch (error) {
    signal.throwIfAborted();
    progress(`toxiproxy is left out: ${messageOf(error)}`);
    return null;
  }
}
