/**
 * Which inodes the kernel is best asked to forget: those that are not open, and were not looked up again since this was
 * asked before. So what a program works with stays, and what one walk through the volume showed goes (the clock
 * algorithm). That the kernel uses one all the same does no harm: it forgets only what nobody refers to.
 */
import { flag, type InodeSlots, rootSlot, word } from './inode-slots.js';

export interface Forgetting {
  /** Found at most, and looked at at most. */
  readonly most: number;
  readonly looks: number;
  /** Also those of which the kernel may hold pages. */
  readonly cachedToo: boolean;
}

/** `next` is where to go on: the root's slot when all were looked at. */
export function forgettable(
  slots: InodeSlots,
  from: number,
  { most, looks, cachedToo }: Forgetting,
): { readonly found: readonly number[]; readonly next: number } {
  const found: number[] = [];
  let looked = 0;
  for (const slot of slots.all(from)) {
    if (found.length === most || looked++ === looks) return { found, next: slot };
    const flags = slots.unflag(slot, flag.looked);
    const isSpared = (flags & flag.looked) !== 0 || (!cachedToo && (flags & flag.cached) !== 0);
    if (slot !== rootSlot && !isSpared && slots.get(slot, word.opens) <= 0) found.push(slot);
  }
  return { found, next: rootSlot };
}
