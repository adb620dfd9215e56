/** The addresses of the pod's own host: those that somebody names, and the gateways of its routes. */
import type { Prefix } from '../../../faults/peer-set.js';
import { readAddress } from '../../../faults/values/address.js';
import { readIfThere } from '../../linux/read-if-there.js';

export function nodePrefixes(named: readonly string[], routes: Routes = readRoutes()): readonly Prefix[] {
  const addresses = [
    ...named.map((text) => readAddress(text)),
    ...gatewaysOfIpv4(routes.ipv4),
    ...gatewaysOfIpv6(routes.ipv6),
  ];
  return addresses.flatMap((bytes) => (bytes === null ? [] : [{ bytes, bits: bytes.length * 8 }]));
}

/** As the kernel shows them. */
export interface Routes {
  /** /proc/net/route */
  readonly ipv4: string;
  /** /proc/net/ipv6_route */
  readonly ipv6: string;
}

/** The gateway is the third field, in the machine's byte order: here the little end first. */
function gatewaysOfIpv4(text: string): readonly number[][] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => bytesOf(line.split(/\s+/)[2] ?? '', 4).reverse())
    .filter(isSome);
}

/** The next hop is the fifth field. */
function gatewaysOfIpv6(text: string): readonly number[][] {
  return text
    .split('\n')
    .map((line) => bytesOf(line.split(/\s+/)[4] ?? '', 16))
    .filter(isSome);
}

const isSome = (bytes: readonly number[]): boolean => bytes.some((byte) => byte !== 0);

function bytesOf(hex: string, length: number): number[] {
  return new RegExp(`^[0-9a-fA-F]{${length * 2}}$`).test(hex) ? [...Buffer.from(hex, 'hex')] : [];
}

/** Without IPv6 there is no file of its routes. */
const readRoutes = (): Routes => ({
  ipv4: readIfThere('/proc/net/route') ?? '',
  ipv6: readIfThere('/proc/net/ipv6_route') ?? '',
});
