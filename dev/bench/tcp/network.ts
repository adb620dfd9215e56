/**
 * Two network namespaces and the pair of virtual interfaces between them: whatever is measured crosses it.
 *
 *     client 10.77.N.1 ── veth ── 10.77.N.2 server
 *
 * A namespace is named after the process that made it, and nothing of it is seen outside.
 */
import { readFileSync } from 'node:fs';
import type { Closing } from '../../closing.js';
import { Daemon } from '../../programs/daemon.js';
import { type ProgramOptions, run } from '../../programs/run.js';
import type { Network } from './target.js';

const ip = (line: string): Promise<string> => run('ip', line.split(' '));

/** The interfaces are made where they belong, so their names meet nobody's. */
export async function link(client: string, server: string, nth: number): Promise<Network> {
  const serverAddress = `10.77.${nth}.2`;
  await ip(`link add client${nth} netns ${client} type veth peer name server${nth} netns ${server}`);
  await ip(`-n ${client} address add 10.77.${nth}.1/24 dev client${nth}`);
  await ip(`-n ${server} address add ${serverAddress}/24 dev server${nth}`);
  await ip(`-n ${client} link set client${nth} up`);
  await ip(`-n ${server} link set server${nth} up`);
  return { client, server, serverAddress };
}

export async function openNamespace(role: string, closing: Closing): Promise<string> {
  const name = `havock8s-bench-${process.pid}-${role}`;
  await ip(`netns add ${name}`);
  closing.defer(() => remove(name));
  await ip(`-n ${name} link set lo up`);
  await run(...within(name, 'sh', '-c', 'echo 32768 65535 >/proc/sys/net/ipv4/ip_local_port_range'));
  return name;
}

/** With whoever is still in there, if they have not ended by themselves meanwhile. */
async function remove(name: string): Promise<void> {
  const pids = (await ip(`netns pids ${name}`)).split('\n').filter((line) => line !== '');
  if (pids.length > 0) await run('kill', ['-KILL', ...pids]).catch(() => undefined);
  await ip(`netns delete ${name}`);
}

/** The program and its arguments, run in a namespace; `ip` becomes the program, so that its process is the program's. */
export const within = (
  namespace: string,
  program: string,
  ...args: readonly (string | number)[]
): readonly [file: string, args: readonly string[]] => [
  'ip',
  ['netns', 'exec', namespace, program, ...args.map(String)],
];

export interface ServerOptions extends ProgramOptions {
  readonly namespace: string;
  readonly ports: readonly number[];
  readonly closing: Closing;
}

/** Starts a program that listens; resolves once it does at all its ports. */
export async function startServer(
  [program = '', ...args]: readonly (string | number)[],
  { namespace, ports, closing, ...options }: ServerOptions,
): Promise<Daemon> {
  const daemon = closing.use(await Daemon.start(...within(namespace, String(program), ...args), options));
  await daemon.until(`listen at ${ports.join(', ')}`, () => {
    const open = new Set([...listeners(daemon.pid, 'tcp'), ...listeners(daemon.pid, 'tcp6')]);
    return ports.every((port) => open.has(port)) || null;
  });
  return daemon;
}

/** As the kernel tells it of the server's own network namespace. */
function listeners(pid: number, table: 'tcp' | 'tcp6'): readonly number[] {
  try {
    return listeningPorts(readFileSync(`/proc/${pid}/net/${table}`, 'utf8'));
  } catch {
    return [];
  }
}

/** Lines of `sl local_address rem_address st ...`, addresses as `hex:PORT`; state 0A is LISTEN. */
export const listeningPorts = (table: string): readonly number[] =>
  [...table.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) \S+ 0A /gm)].map(([, port = '']) =>
    Number.parseInt(port, 16),
  );
