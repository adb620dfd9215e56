/**
 * How connections come to us without anybody knowing. Which way a connection goes is decided with its first packet
 * and kept in its connection mark, so that none that is open already is torn.
 *
 *     comes in ─► prerouting ─ TPROXY ─► proxy ══ from the client's address, marked ══► server
 *     server's answers to it ─► output ─ marked ─► routed back here, though the address is the client's
 *     goes out ─► output ─ marked ─► routed here ─► prerouting ─ TPROXY ─► proxy ══► elsewhere
 */
import type { InterceptionConfig, TproxyListener } from '../tcp-config.js';
import { connectionMark, mark, mask } from './marks.js';

export interface Chain {
  readonly name: string;
  /** As `type filter hook input priority filter`; null: others jump there. */
  readonly hook: string | null;
  readonly rules: readonly string[];
}

/**
 * What is open already is found by its socket, and costs one look. What nobody asked for has no rules. Without
 * `seesListeners` connections are taken also where nobody listens, and then reset.
 */
export function interceptionChains(
  { inboundPorts, outboundPorts, tproxyListeners }: InterceptionConfig,
  { seesListeners }: KernelAbility,
): readonly Chain[] {
  const inbound = tproxyListeners.filter(({ kind }) => kind === 'inbound');
  const outbound = tproxyListeners.filter(({ kind }) => kind === 'outbound');
  const isOut = outbound.length > 0;
  const { opening, leaving } = throughUs;
  return [
    { name: 'hand-over-inbound', hook: null, rules: inbound.map(handOver) },
    { name: 'hand-over-outbound', hook: null, rules: outbound.map(handOver) },
    {
      name: 'arriving',
      hook: 'type filter hook prerouting priority mangle',
      rules: [
        'ct state != new accept',
        ...linkLocalPasses('saddr'),
        ...claim(
          inboundPorts,
          'iif != "lo"',
          seesListeners ? `${isForUs} ${isHeard}` : isForUs,
          connectionMark.inbound,
        ),
        `iif != "lo" ${isConnection(connectionMark.inbound)} jump hand-over-inbound`,
        ...(isOut ? [`iif "lo" ${isConnection(connectionMark.outbound)} jump hand-over-outbound`] : []),
      ],
    },
    {
      ...opening,
      rules: [
        ...opening.rules,
        ...linkLocalPasses('daddr'),
        ...claim(outboundPorts, '', 'fib daddr type != local', connectionMark.outbound),
      ],
    },
    { ...leaving, rules: isOut ? [...leaving.rules, followsOut] : leaving.rules },
  ];
}

/** nft_socket, Linux 4.18. A kernel may be built without. */
export interface KernelAbility {
  readonly seesListeners: boolean;
}

const isForUs = 'fib daddr type local';
/**
 * Somebody listens there, by whichever socket: it is looked up as the kernel would for this packet (nft_socket_eval() in
 * net/netfilter/nft_socket.c). Where nobody does the kernel itself refuses, so that a probe finds no port open before
 * its server is.
 */
const isHeard = 'socket transparent { 0, 1 }';

const isConnection = (value: number): string => `ct mark & ${mask} == ${value}`;
const markConnection = (value: number): string => `ct mark set ct mark | ${value}`;
const markPacket = `meta mark set meta mark | ${mark.divert}`;

/** By which connections that are with us stay with us. They take nobody else in. */
const throughUs = {
  opening: {
    name: 'opening',
    hook: null,
    rules: [`meta mark & ${mask} == ${mark.ours} ${markConnection(connectionMark.ours)} return`],
  },
  leaving: {
    name: 'leaving',
    hook: 'type route hook output priority mangle',
    rules: [
      'ct state new jump opening',
      `ct direction reply ${isConnection(connectionMark.ours)} ${markPacket}`,
    ],
  },
} as const;

const followsOut = `ct direction original ${isConnection(connectionMark.outbound)} ${markPacket}`;

/**
 * While no fault proxy serves: what is opened goes direct. A fault proxy may be taking over at this very moment, and
 * what is with us must not lose its way; what was with one that is dead finds no socket here, and both of its ends are
 * told so.
 */
export const passingChains: readonly Chain[] = [
  throughUs.opening,
  { ...throughUs.leaving, rules: [...throughUs.leaving.rules, followsOut] },
];

const handOver = ({ family, port }: TproxyListener): string =>
  family === 'ipv4'
    ? `meta nfproto ipv4 meta l4proto tcp tproxy ip to 127.0.0.1:${port} accept`
    : `meta nfproto ipv6 meta l4proto tcp tproxy ip6 to [::1]:${port} accept`;

/** Link-local addresses mean something on their link alone; a proxy has nothing to bind for them. */
const linkLocalPasses = (side: 'saddr' | 'daddr'): readonly string[] => [`ip6 ${side} fe80::/10 accept`];

function claim(ports: readonly number[], from: string, to: string, value: number): readonly string[] {
  if (ports.length === 0) return [];
  const isTheirs = `meta l4proto tcp tcp dport { ${ports.join(', ')} }`;
  return [[from, isTheirs, to, markConnection(value)].filter((part) => part !== '').join(' ')];
}
