/** A descriptor for every open file and visited directory of the volume: as many as we may have. */
import { libc } from './libc.js';
import { scratch } from './memory.js';

const RLIMIT_NOFILE = 7;

export function descriptorLimit(): number {
  return libc.getrlimit(RLIMIT_NOFILE, scratch.address) < 0
    ? 1024
    : Number(BigInt.asUintN(64, scratch.longs[1] ?? 0n));
}

/** Raises the soft limit of descriptors to the hard one. */
export function raiseDescriptorLimit(): void {
  if (libc.getrlimit(RLIMIT_NOFILE, scratch.address) < 0) return;
  scratch.longs[0] = scratch.longs[1] ?? 0n;
  libc.setrlimit(RLIMIT_NOFILE, scratch.address);
}
