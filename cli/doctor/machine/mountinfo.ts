/** Mounts as the doctor asks for them: one that is dead can be found in mountinfo without touching it. */
import type { MountEntry } from '../../../sidecar/linux/mountinfo.js';

/** The mount in which a path lies, without looking at the path; null: none, or the text was none. */
export function mountOf(entries: readonly MountEntry[], path: string): MountEntry | null {
  const holding = entries.filter(({ mountpoint }) => isWithin(path, mountpoint));
  const longest = Math.max(...holding.map(({ mountpoint }) => mountpoint.length));
  return holding.findLast(({ mountpoint }) => mountpoint.length === longest) ?? null;
}

const isWithin = (path: string, mountpoint: string): boolean =>
  mountpoint === '/' || path === mountpoint || path.startsWith(`${mountpoint}/`);

export const ourType = 'fuse.havock8s';

/** Ours, without those that another mount lies over: nobody sees them, and they go with it. */
export function ourMounts(entries: readonly MountEntry[]): readonly MountEntry[] {
  const onTop = new Map(entries.map((entry) => [entry.mountpoint, entry]));
  return [...onTop.values()].filter(({ type }) => type === ourType);
}
