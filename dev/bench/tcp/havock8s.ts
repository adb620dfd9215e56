/** havock8s as its users start it, by its command line, in the servers' namespace. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Daemon } from '../../programs/daemon.js';
import { run } from '../../programs/run.js';
import { within } from './network.js';
import { type OpenProxy, type ProxySetup, portPairs } from './proxies.js';
import { serverPorts } from './target.js';

const cli = fileURLToPath(new URL('../../../cli/main.js', import.meta.url));

/** Of addresses kept for documentation (RFC 5737): nobody here has one. */
const unmatched = 'tcp latency 100ms from 203.0.113.0/24 for 6h';

/** In transparent mode it listens at the servers' own ports. */
export function havock8s(mode: 'forward' | 'transparent', faults: number): OpenProxy {
  return async (setup) => {
    const { name, network, folder, closing } = setup;
    const state = join(folder, name);
    mkdirSync(state, { recursive: true });
    const args = [
      ...['--output', 'json', 'local', '--control', '127.0.0.1:0', '--state', state],
      ...(mode === 'transparent'
        ? ['--inbound', Object.values(serverPorts).join(',')]
        : forwarding(setup).flatMap((pair) => ['--listen', pair])),
      ...Array.from({ length: faults }, (_, index) => ['--fault', `unmatched-${index}=${unmatched}`]).flat(),
    ];
    const command = within(network.server, process.execPath, cli, ...args);
    const daemon = closing.use(await Daemon.start(...command));
    const { control, faultProxyPid } = await daemon.until('serve', startFacts);
    const tell = (...words: readonly string[]) =>
      run(...within(network.server, process.execPath, cli, ...words, '--control', control));
    return {
      ports: mode === 'transparent' ? serverPorts : setup.ports,
      proxyPid: faultProxyPid,
      arm: async (sentence) => {
        await tell('arm', 'measured', sentence);
        return { [Symbol.asyncDispose]: async () => void (await tell('disarm', 'measured')) };
      },
    };
  };
}

const forwarding = ({ network, ports }: ProxySetup): readonly string[] =>
  portPairs(ports).map(([, from, to]) => `${network.serverAddress}:${from}=127.0.0.1:${to}`);

interface StartFacts {
  /** HOST:PORT of the control endpoint. */
  readonly control: string;
  readonly faultProxyPid: number;
}

/** From the line of JSON it writes to stderr once it serves; null while there is none. */
export function startFacts(lines: readonly string[]): StartFacts | null {
  for (const line of lines) {
    const told = parsed(line);
    if (told?.kind !== 'started' || !told.control || !told.pids?.faultProxy) continue;
    return { control: new URL(told.control).host, faultProxyPid: told.pids.faultProxy };
  }
  return null;
}

interface StartedLine {
  readonly kind?: string;
  readonly control?: string;
  readonly pids?: { readonly faultProxy?: number };
}

function parsed(line: string): StartedLine | null {
  try {
    return JSON.parse(line) as StartedLine | null;
  } catch {
    return null;
  }
}
