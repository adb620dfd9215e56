/**
 * Two network namespaces and the pair of virtual interfaces between them: whatever is measured crosses it.
 *
 *     client 10.77.N.1 ── veth ── 10.77.N.2 server
 *
 * A namespace is named after the process that made it, and nothing of it is seen outside.
 */

import type { Closing } from '../../demo/closing.js';
import { run } from '../command.js';

export interface Network {
  readonly client: string;
  readonly server: string;
  readonly serverAddress: string;
}

/** The interfaces are made where they belong, so their names meet nobody's. */
export async function link(client: string, server: string, nth: number): Promise<Network> {
  const [clientEnd, serverEnd] = [`client${nth}`, `server${nth}`];
  const serverAddress = `10.77.${nth}.2`;
  const peer = ['peer', 'name', serverEnd, 'netns', server];
  await run('ip', ['link', 'add', clientEnd, 'netns', client, 'type', 'veth', ...peer]);
  await run('ip', ['-n', client, 'address', 'add', `10.77.${nth}.1/24`, 'dev', clientEnd]);
  await run('ip', ['-n', server, 'address', 'add', `${serverAddress}/24`, 'dev', serverEnd]);
  await run('ip', ['-n', client, 'link', 'set', clientEnd, 'up']);
  await run('ip', ['-n', server, 'link', 'set', serverEnd, 'up']);
  return { client, server, serverAddress };
}

export async function openNamespace(role: string, closing: Closing): Promise<string> {
  const name = `havock8s-bench-${process.pid}-${role}`;
  await run('ip', ['netns', 'add', name]);
  closing.add(() => remove(name));
  await run('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
  await run(...within(name, 'sh', '-c', 'echo 32768 65535 >/proc/sys/net/ipv4/ip_local_port_range'));
  return name;
}

/** With whoever is still in there, if they have not ended by themselves meanwhile. */
async function remove(name: string): Promise<void> {
  const pids = (await run('ip', ['netns', 'pids', name])).split('\n').filter((line) => line !== '');
  if (pids.length > 0) await run('kill', ['-KILL', ...pids]).catch(() => undefined);
  await run('ip', ['netns', 'delete', name]);
}

/** The program and its arguments, run in a namespace; `ip` becomes the program, so that its process is the program's. */
export const within = (
  namespace: string,
  program: string,
  ...args: readonly string[]
): readonly [file: string, args: readonly string[]] => ['ip', ['netns', 'exec', namespace, program, ...args]];
