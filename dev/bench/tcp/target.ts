/** What the TCP bench measures: an address that leads to the servers, through a proxy or not. */
import type { Benchmark as AnyBenchmark, Context as AnyContext, Target } from '../benchmark.js';

export const targetNames = [
  'direct',
  'haproxy',
  'haproxy-splice',
  'toxiproxy',
  'forward',
  'transparent',
  'armed',
] as const;
export type TargetName = (typeof targetNames)[number];

/** Ours with nothing armed, in both its modes: what the goals are set for. */
export const ours = ['forward', 'transparent'] as const satisfies readonly TargetName[];

export interface TcpTarget extends Target {
  readonly name: TargetName;
  readonly network: Network;
  readonly ports: Ports;
  /** The process that carries the connections; a direct one has none. */
  readonly proxyPid?: number;
  /** Arms a sentence, and resolves to what takes it off again. */
  arm?(sentence: string): Promise<AsyncDisposable>;
}

/** The namespaces of both sides, and the servers' address as the clients see it. */
export interface Network {
  readonly client: string;
  readonly server: string;
  readonly serverAddress: string;
}

/** Of the servers, or of a proxy in front of them. */
export type Ports = Readonly<Record<Service, number>>;
export type Service = 'iperf3' | 'redis' | 'http';

export const serverPorts: Ports = { iperf3: 5201, redis: 6379, http: 8080 };

/** Each proxy of a namespace has a thousand of its own; none meets the ports of another, nor those of clients. */
export function proxyPorts(name: TargetName): Ports {
  const { iperf3, redis, http } = serverPorts;
  const own = targetNames.indexOf(name) * 1000;
  return { iperf3: iperf3 + own, redis: redis + own, http: http + own };
}

export interface Size {
  readonly bulkSeconds: number;
  readonly connectionSeconds: number;
  /** With 50 clients. */
  readonly manyRequests: number;
  /** With one. */
  readonly fewRequests: number;
  readonly idleConnections: number;
  readonly roundTripSeconds: number;
  readonly cappedSeconds: number;
}

export type Context = AnyContext<TcpTarget, Size>;
export type Benchmark = AnyBenchmark<TcpTarget, Size>;
