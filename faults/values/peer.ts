/** Peers: `10.0.0.1`, `10.0.7.0/24`, `fd00::/8`, `pg-1`, `app=web`, `@replicas`, `node`. */

import { assertNever } from '../../core/assert-never.js';
import type { Peer, TcpMatch } from '../fault.js';
import { accepted, flawed, type Reading, type Syntax } from '../grammar/syntax.js';
import { mappedIpv4, networkOf, readAddress, writeAddress } from './address.js';

export const peer: Syntax<Peer> = {
  expected: 'a peer such as 10.0.0.1, 10.0.7.0/24, pg-1, app=web or node',
  read: readPeer,
  write: writePeer,
};

/** All that a sentence names, whichever way. */
export const peersOf = ({ from = [], to = [], with: both = [] }: TcpMatch): readonly Peer[] => [
  ...from,
  ...to,
  ...both,
];

export type PodsPeer = Extract<Peer, { readonly kind: 'labels' | 'target' }>;

/** Pods that only a cluster can list: of an experiment, whose controller writes their addresses in their place. */
export const isOfPods = (peer: Peer): peer is PodsPeer => peer.kind === 'labels' || peer.kind === 'target';

/** Why nobody without credentials can tell who is meant, and what to do; null where it can. */
export function needsController(match: TcpMatch): string | null {
  const unknown = peersOf(match).find(isOfPods);
  if (unknown === undefined) return null;
  const what = unknown.kind === 'labels' ? 'labels' : 'targets';
  return `${writePeer(unknown)}: ${what} are resolved by the controller, for an experiment, since a sidecar has no credentials; name pods or addresses here`;
}

export function writePeer(of: Peer): string {
  switch (of.kind) {
    case 'address':
      return of.address;
    case 'range':
      return `${of.address}/${of.prefixBits}`;
    case 'name':
      return of.name;
    case 'labels':
      return `${of.key}=${of.value}`;
    case 'target':
      return `@${of.name}`;
    case 'node':
      return 'node';
    default:
      return assertNever(of);
  }
}

/** What the text has decides what it is meant as; only then is it judged. */
function readPeer(text: string): Reading<Peer> {
  if (text === 'node') return accepted({ kind: 'node' });
  if (text.startsWith('@')) return readTarget(text.slice(1));
  if (text.includes('=')) return readLabels(text);
  if (text.includes('/')) return readRange(text);
  if (text.includes(':') || /(^|\.)\d+$/.test(text)) return readSingle(text);
  return readName(text);
}

const label = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
const dnsName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?)*$/;

/** As experiments call them. */
const targetName = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

const readTarget = (name: string): Reading<Peer> =>
  targetName.test(name)
    ? accepted({ kind: 'target', name })
    : flawed('bad-name', `"${name}" is not a name of a target: at most 40 small letters, digits and dashes`);

function readLabels(text: string): Reading<Peer> {
  const [key = '', ...values] = text.split('=');
  const value = values.join('=');
  const [name = '', prefix] = key.split('/').reverse();
  const isKey =
    label.test(name) && (prefix === undefined || dnsName.test(prefix)) && key.split('/').length <= 2;
  if (!isKey) return flawed('bad-name', `"${key}" is not a key of a label`);
  if (!label.test(value)) return flawed('bad-name', `"${value}" is not a value of a label`);
  return accepted({ kind: 'labels', key, value });
}

function readRange(text: string): Reading<Peer> {
  const [addressText = '', bitsText = ''] = text.split('/', 2);
  const bytes = readAddress(addressText);
  if (bytes === null) return flawed('bad-address', `"${addressText}" is not an IP address`);
  const mapped = mappedIpv4(bytes);
  if (mapped !== null) return flawed('bad-address', 'IPv4 peers are written as IPv4');
  const address = writeAddress(networkOf(bytes, Number(bitsText)));
  const most = bytes.length * 8;
  if (!isPrefix(text, bitsText, most)) {
    return flawed('bad-address', `a prefix is 0 to ${most} bits`, {
      nearest: `${writeAddress(bytes)}/${most}`,
    });
  }
  const prefixBits = Number(bitsText);
  if (address === writeAddress(bytes)) return accepted({ kind: 'range', address, prefixBits });
  return flawed('host-bits', 'the address has bits beyond its prefix', {
    nearest: `${address}/${prefixBits}`,
  });
}

const isPrefix = (text: string, bits: string, most: number): boolean =>
  text.split('/').length === 2 && /^(0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most;

function readSingle(text: string): Reading<Peer> {
  const bytes = readAddress(text);
  if (bytes === null) return noAddress(text);
  const mapped = mappedIpv4(bytes);
  if (mapped === null) return accepted({ kind: 'address', address: writeAddress(bytes) });
  return flawed('bad-address', 'IPv4 peers are written as IPv4', { nearest: writeAddress(mapped) });
}

function noAddress(text: string): Reading<never> {
  const [, host, port] = /^([^:]+):(\d+)$/.exec(text) ?? [];
  if (host === undefined) return flawed('bad-address', 'not an IP address');
  return flawed('bad-address', `a port is a clause of its own: port ${port}`, { nearest: host });
}

function readName(text: string): Reading<Peer> {
  if (dnsName.test(text)) return accepted({ kind: 'name', name: text });
  const lower = text.toLowerCase().replace(/\.$/, '');
  const wayOut = dnsName.test(lower) ? { nearest: lower } : {};
  return flawed('bad-name', 'not a name of a pod or host: lower-case letters, digits, - and .', wayOut);
}
