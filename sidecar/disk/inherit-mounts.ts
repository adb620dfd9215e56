/** How a fault proxy whose holder mounts on demand comes by its volumes, whichever of the two was started last. */
import { closeSync } from 'node:fs';
import { systemClock } from '../../core/clock.js';
import { HavocError } from '../../core/havoc-error.js';
import { sleep } from '../../core/sleep.js';
import { connectTo } from '../linux/packet-socket.js';
import { deviceKey, stateKey } from '../mount/fd-keys.js';
import { proxyTimeouts } from '../proxy/timeouts.js';
import { isReadable } from './device.js';
import { FdStorePort, type Inheritance, inherit, type MountWish } from './fd-store-port.js';
import { limits } from './limits.js';
import { isAgreed } from './state/volume-state.js';

/** Throws `holder.absent` where none listens in time, or what kept it from mounting. */
export async function inheritMounts(socketPath: string, wishes: readonly MountWish[]): Promise<Inheritance> {
  await awaitHolder(socketPath, proxyTimeouts.holderListensMs);
  const inheritance = inherit(socketPath, wishes);
  const spoilt = wishes.filter(({ volume }) => isSpoilt(volume, inheritance));
  if (spoilt.length === 0) return inheritance;
  const fdStore = new FdStorePort(inheritance.holderFd);
  for (const { volume } of spoilt) fdStore.drop(deviceKey(volume));
  for (const fd of [...inheritance.kept.values(), inheritance.holderFd]) closeSync(fd);
  return inherit(socketPath, wishes);
}

/** Resolves when a holder listens there; it may be just being started, the first time or again. */
export async function awaitHolder(socketPath: string, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!listensAt(socketPath)) {
    if (performance.now() > deadline) {
      const seconds = patienceMs / 1000;
      throw new HavocError('holder.absent', `no holder listens at ${socketPath}, waited for ${seconds} s`);
    }
    await sleep(limits.holderLookMs, { clock: systemClock });
  }
}

function listensAt(socketPath: string): boolean {
  try {
    closeSync(connectTo(socketPath));
    return true;
  } catch (error) {
    if (error instanceof HavocError) return false;
    throw error;
  }
}

/**
 * A fault proxy that died between taking the kernel's first request, which comes once, and noting the answer has left a
 * mount that nobody can serve any more; nor has anybody used it.
 */
function isSpoilt(volume: string, { kept }: Inheritance): boolean {
  const [device, state] = [kept.get(deviceKey(volume)), kept.get(stateKey(volume))];
  return device !== undefined && state !== undefined && !isAgreed(state) && !isReadable(device);
}
