/** What the clients talk to: Redis, iperf3 and the smallest web server that keeps up, one process each. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Closing } from '../../demo/closing.js';
import { Daemon } from '../daemon.js';
import { listening } from './listening.js';
import { within } from './network.js';
import { serverPorts } from './place.js';

const { iperf3, redis, http } = serverPorts;

export async function startServers(namespace: string, folder: string, closing: Closing): Promise<void> {
  const webConfig = join(folder, 'web.cfg');
  writeFileSync(webConfig, webServer);
  const servers: readonly (readonly [port: number, command: readonly [string, ...string[]]])[] = [
    [iperf3, ['iperf3', '--server', '--port', String(iperf3)]],
    [redis, ['redis-server', ...redisOptions, '--dir', folder]],
    [http, ['haproxy', '-db', '-f', webConfig]],
  ];
  for (const [port, command] of servers) {
    const daemon = await Daemon.start(...within(namespace, ...command));
    closing.add(() => daemon.close());
    await listening(daemon, [port]);
  }
}

/** Keeps nothing on disk; nobody but the bench can reach the namespace. */
const redisOptions: readonly string[] = [
  '--port',
  String(redis),
  '--protected-mode',
  'no',
  '--maxclients',
  '15000',
  '--save',
  '',
  '--appendonly',
  'no',
];

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
  bind :${http}
  http-request return status 200 content-type text/plain string "ok"
`;
