/**
 * The sockets of the TCP proxy, opened by its supervisor and inherited by each fault proxy: while one is dead, new
 * connections wait in the kernel for the next, and the rules that lead to them stay true.
 */

import { HavocError } from '../../core/havoc-error.js';
import { readAddress } from '../../faults/values/address.js';
import { listenOn, localEndpoint } from '../linux/inet-socket.js';
import { libc } from '../linux/libc.js';
import { hasIpv6 } from './netfilter/routes.js';
import type { ForwardRequest, InterceptionRequest, TcpConfig, TproxyListener } from './tcp-config.js';
import { TcpCounters } from './tcp-counters.js';

export interface TcpRequest {
  readonly forwards: readonly ForwardRequest[];
  readonly interception: InterceptionRequest | null;
}

export interface TcpSockets {
  readonly config: TcpConfig;
  /** Every descriptor of `config`, to be inherited in this order. */
  readonly fds: readonly number[];
  close(): void;
}

/** Throws `tcp.in-use`, `tcp.forbidden` or `tcp.listen`, leaving nothing open. */
export function openSockets({ forwards, interception }: TcpRequest): TcpSockets {
  const fds: number[] = [];
  const close = (): void => {
    for (const fd of fds.splice(0)) libc.close(fd);
  };
  const keep = (fd: number): number => {
    fds.push(fd);
    return fd;
  };
  try {
    const config: TcpConfig = {
      countersFd: keep(TcpCounters.create()),
      forwards: forwards.map((forward) => ({ ...forward, fd: keep(listenAt(forward)) })),
      interception:
        interception === null
          ? null
          : { ...interception, tproxyListeners: openTproxyListeners(interception, keep) },
    };
    return { config, fds, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** What a process that inherits the descriptors from `first` on is told. */
export function inheritedFrom(first: number, { config, fds }: TcpSockets): TcpConfig {
  const moved = (fd: number): number => first + fds.indexOf(fd);
  const { interception } = config;
  return {
    countersFd: moved(config.countersFd),
    forwards: config.forwards.map((forward) => ({ ...forward, fd: moved(forward.fd) })),
    interception:
      interception === null
        ? null
        : {
            ...interception,
            tproxyListeners: interception.tproxyListeners.map((one) => ({ ...one, fd: moved(one.fd) })),
          },
  };
}

function listenAt({ host, port }: ForwardRequest): number {
  const bytes = readAddress(host);
  if (bytes === null) throw new HavocError('tcp.listen', `${host} is not an address to listen at`);
  return listenOn({ bytes, port, scope: 0 });
}

const loopback = { ipv4: [127, 0, 0, 1], ipv6: [...new Array<number>(15).fill(0), 1] } as const;

/** On the loopback, where nobody from outside can reach them but through TPROXY. */
function openTproxyListeners(
  { inboundPorts, outboundPorts }: InterceptionRequest,
  keep: (fd: number) => number,
): readonly TproxyListener[] {
  const families = hasIpv6() ? (['ipv4', 'ipv6'] as const) : (['ipv4'] as const);
  const kinds = (['inbound', 'outbound'] as const).filter(
    (kind) => (kind === 'inbound' ? inboundPorts : outboundPorts).length > 0,
  );
  return families.flatMap((family) =>
    kinds.map((kind) => {
      const fd = keep(listenOn({ bytes: loopback[family], port: 0, scope: 0 }, { transparent: true }));
      return { fd, family, kind, port: localEndpoint(fd).port };
    }),
  );
}
