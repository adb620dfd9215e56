/** A network of 10.88.0.0/16 or 10.89.0.0/16 that nobody on this machine is in. Several may be tried at once. */
import { networkInterfaces } from 'node:os';

const networks = 250;

/** N of `prefix`.N.0/24; `first` is tried first. */
export function freeNetwork(prefix: string, first: number): number {
  const taken = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ address }) => address),
  );
  for (let step = 0; step < networks; step++) {
    const network = (first + step) % networks;
    if (!taken.some((address) => address.startsWith(`${prefix}.${network}.`))) return network;
  }
  throw new Error(`every network of ${prefix}.0.0/16 is taken`);
}
