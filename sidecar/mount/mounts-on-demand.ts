/**
 * Mounts volumes when whoever serves them asks: the holder of a pod cannot see what is beneath, and so cannot know how
 * to mount it.
 *
 *     proxy ─ mount VOLUME FLAGS ─► holder ─┬─ has it, and it lives ─► mounted VOLUME
 *                                           ├─ mounts it ────────────► mounted VOLUME
 *                                           └─ cannot, or may not ───► failed VOLUME CODE MESSAGE
 */

import type { ErrorCode } from '../../core/error-codes.js';
import { codeOf, messageOf } from '../../core/havoc-error.js';
import { MS_RDONLY } from '../linux/constants.js';
import { mkdirAt } from '../linux/directories.js';
import { openPath } from './closed-path.js';
import { isConnected } from './connection.js';
import { belongsToDevice, deviceKey } from './fd-keys.js';
import type { KeptDescriptors } from './kept-descriptors.js';
import { forbiddingFlags, heededFlags } from './mount-flags.js';
import { isServed, type OwnMount } from './mount-identity.js';
import { mountVolume } from './mount-volume.js';

export interface DemandedVolume {
  readonly volume: string;
  readonly mountpoint: string;
  /** Mounted read-only whatever is asked for. */
  readonly readOnly: boolean;
}

export class MountsOnDemand {
  /** What this made. */
  readonly made: OwnMount[] = [];
  /** What was forbidden of a volume when it was mounted first: nobody may ask for less later. */
  readonly #forbidden = new Map<string, number>();
  #isEnding = false;
  readonly #volumes: readonly DemandedVolume[];
  readonly #kept: KeptDescriptors;

  constructor(volumes: readonly DemandedVolume[], kept: KeptDescriptors) {
    this.#volumes = volumes;
    this.#kept = kept;
  }

  /** Nothing is mounted from now on: whoever takes `made` away misses none. */
  end(): void {
    this.#isEnding = true;
  }

  /** The answer to the request for one volume. Whoever asks may be anybody: only known volumes, only known flags. */
  answer(volume: string, flags: string): string {
    const wanted = this.#volumes.find((one) => one.volume === volume);
    if (wanted === undefined || !/^\d{1,10}$/.test(flags))
      return failed(volume, 'holder.unknown-volume', 'the holder was not started for that');
    if (this.#isEnding)
      return failed(volume, 'holder.ending', 'the holder takes its mounts away, and makes none any more');
    try {
      if (!this.#isLiving(wanted)) this.#mount(wanted, Number(flags));
      return `mounted ${volume}`;
    } catch (error) {
      return failed(volume, codeOf(error, 'mount.failed'), messageOf(error));
    }
  }

  /** Do we hold its device, is that still connected, and is it what is seen there? */
  #isLiving({ volume, mountpoint }: DemandedVolume): boolean {
    const device = this.#kept.get(deviceKey(volume));
    return device !== undefined && isConnected(device) && isServed(mountpoint);
  }

  /** Over whatever is there: those that see the dead mount then see the new one. */
  #mount({ volume, mountpoint, readOnly }: DemandedVolume, asked: number): void {
    openPath(mountpoint);
    mkdirAt(mountpoint);
    const forbidden = this.#forbidden.get(volume) ?? asked & forbiddingFlags;
    const flags = (asked & heededFlags) | forbidden | (readOnly ? MS_RDONLY : 0);
    const { device, identity } = mountVolume({ volume, mountpoint, source: volume, flags });
    this.#forbidden.set(volume, forbidden);
    if (identity !== null) this.made.push({ mountpoint, identity });
    // Of a mount that is dead.
    for (const key of this.#kept.keys()) if (belongsToDevice(key, volume)) this.#kept.drop(key);
    this.#kept.keep(deviceKey(volume), device);
  }
}

const failed = (volume: string, code: ErrorCode, message: string): string =>
  `failed ${volume} ${code} ${message}`;
