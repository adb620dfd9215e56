/** havock8s as its users start it, by its command line, in the servers' namespace. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Closing } from '../../demo/closing.js';
import { run } from '../command.js';
import { Daemon } from '../daemon.js';
import { type Network, within } from './network.js';
import { type Place, type Ports, portPairs, serverPorts } from './place.js';

const cli = fileURLToPath(new URL('../../../cli/main.js', import.meta.url));

/** Of addresses kept for documentation (RFC 5737): nobody here has one. */
const unmatched = 'tcp latency 100ms from 203.0.113.0/24 for 6h';

export interface OursOptions {
  readonly subject: 'forward' | 'transparent' | 'armed';
  readonly network: Network;
  /** Where it listens; in transparent mode at the servers' own ports. */
  readonly ports: Ports;
  readonly folder: string;
}

export async function ours(options: OursOptions, closing: Closing): Promise<Place> {
  const { subject, network, folder } = options;
  const state = join(folder, subject);
  mkdirSync(state, { recursive: true });
  const settings = [...listening(options), ...faults(subject), '--control', '127.0.0.1:0', '--state', state];
  const command = within(network.server, process.execPath, cli, '--output', 'json', 'local', ...settings);
  const daemon = await Daemon.start(...command);
  closing.add(() => daemon.close());
  const { control, planePid } = await daemon.until('serve', startFacts);
  const ports = subject === 'transparent' ? serverPorts : options.ports;
  return {
    subject,
    label: subject,
    network,
    ports,
    proxyPid: planePid,
    arm: (sentence) => arm(sentence, { network, control }),
  };
}

function listening({ subject, network: { serverAddress }, ports }: OursOptions): readonly string[] {
  if (subject === 'transparent') return ['--inbound', Object.values(serverPorts).join(',')];
  return portPairs(ports).flatMap(([, from, to]) => ['--listen', `${serverAddress}:${from}=127.0.0.1:${to}`]);
}

const faults = (subject: OursOptions['subject']): readonly string[] =>
  subject === 'armed'
    ? Array.from({ length: 10 }).flatMap((_, index) => ['--fault', `unmatched-${index}=${unmatched}`])
    : [];

interface StartFacts {
  /** HOST:PORT of the control endpoint. */
  readonly control: string;
  readonly planePid: number;
}

/** From the line of JSON it writes to stderr once it serves; null while there is none. */
export function startFacts(lines: readonly string[]): StartFacts | null {
  for (const line of lines) {
    const told = parsed(line);
    if (told?.kind !== 'started' || !told.control || !told.pids?.plane) continue;
    return { control: new URL(told.control).host, planePid: told.pids.plane };
  }
  return null;
}

interface StartedLine {
  readonly kind?: string;
  readonly control?: string;
  readonly pids?: { readonly plane?: number };
}

function parsed(line: string): StartedLine | null {
  try {
    return JSON.parse(line) as StartedLine | null;
  } catch {
    return null;
  }
}

interface Sidecar {
  readonly network: Network;
  readonly control: string;
}

async function arm(sentence: string, sidecar: Sidecar): Promise<() => Promise<void>> {
  await command(sidecar, 'arm', 'measured', sentence);
  return () => command(sidecar, 'disarm', 'measured');
}

async function command({ network, control }: Sidecar, ...args: readonly string[]): Promise<void> {
  await run(...within(network.server, process.execPath, cli, ...args, '--control', control));
}
