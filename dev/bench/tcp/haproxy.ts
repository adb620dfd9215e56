/**
 * HAProxy with one thread, as it is usually told to splice (`splice-auto`) and as it has to be told to do
 * it at all: in our measurements `splice-auto` never did.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Closing } from '../../demo/closing.js';
import { Daemon } from '../daemon.js';
import { listening } from './listening.js';
import { type Network, within } from './network.js';
import { type Place, type Ports, portPairs } from './place.js';

export interface HaproxyOptions {
  readonly subject: 'haproxy' | 'haproxy-splice';
  readonly network: Network;
  readonly ports: Ports;
  readonly folder: string;
}

const splicing: Readonly<Record<HaproxyOptions['subject'], readonly string[]>> = {
  haproxy: ['option splice-auto'],
  'haproxy-splice': ['option splice-request', 'option splice-response'],
};

export async function haproxy(options: HaproxyOptions, closing: Closing): Promise<Place> {
  const { subject, network, ports, folder } = options;
  const file = join(folder, `${subject}.cfg`);
  writeFileSync(file, haproxyConfig(subject, ports));
  const daemon = await Daemon.start(...within(network.server, 'haproxy', '-db', '-f', file));
  closing.add(() => daemon.close());
  await listening(daemon, Object.values(ports));
  return { subject, label: subject, network, ports, proxyPid: daemon.pid };
}

const haproxyConfig = (subject: HaproxyOptions['subject'], ports: Ports): string =>
  [
    'global',
    '  nbthread 1',
    '  maxconn 6000',
    'defaults',
    '  mode tcp',
    ...splicing[subject].map((option) => `  ${option}`),
    '  timeout connect 5s',
    '  timeout client 1h',
    '  timeout server 1h',
    ...portPairs(ports).flatMap(([name, from, to]) => [
      `listen ${name}`,
      `  bind :${from}`,
      `  server real 127.0.0.1:${to}`,
    ]),
    '',
  ].join('\n');
