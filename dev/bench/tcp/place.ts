/** Where a work is measured: an address that leads to the servers, through a proxy or not. */
import type { Place as PlaceOf } from '../work.js';
import type { Network } from './network.js';

export const subjects = [
  'direct',
  'haproxy',
  'haproxy-splice',
  'toxiproxy',
  'forward',
  'transparent',
  'armed',
] as const;
export type Subject = (typeof subjects)[number];

/** Ours with nothing armed, in both its modes: whom the goals are set for. */
export const ours = ['forward', 'transparent'] as const satisfies readonly Subject[];

export interface Place extends PlaceOf<Subject> {
  readonly network: Network;
  readonly ports: Ports;
  /** The process that carries the connections; a direct one has none. */
  readonly proxyPid?: number;
  /** Arms a sentence, and resolves to what takes it off again. */
  arm?(sentence: string): Promise<() => Promise<void>>;
}

/** Of the servers, or of a proxy in front of them. */
export interface Ports {
  readonly iperf3: number;
  readonly redis: number;
  readonly http: number;
}

export const serverPorts: Ports = { iperf3: 5201, redis: 6379, http: 8080 };

/** Each proxy of a namespace has a thousand of its own; none meets the ports of another, nor those of clients. */
export const proxyPorts = (nth: number): Ports => ({
  iperf3: serverPorts.iperf3 + nth * 1000,
  redis: serverPorts.redis + nth * 1000,
  http: serverPorts.http + nth * 1000,
});

/** From what a proxy listens at to what it leads to. */
export const portPairs = (
  listening: Ports,
): readonly (readonly [name: string, from: number, to: number])[] => [
  ['iperf3', listening.iperf3, serverPorts.iperf3],
  ['redis', listening.redis, serverPorts.redis],
  ['http', listening.http, serverPorts.http],
];
