/**
 * What the holder keeps of a volume, and what each descriptor is called there. Fault proxies name them; the holder
 * tells by the name what is of no use any more.
 */
export const deviceKey = (volume: string): string => `device/${volume}`;
export const stateKey = (volume: string): string => `state/${volume}`;
export const rootKey = (volume: string): string => `root/${volume}`;
export const inodeKey = (volume: string, slot: number): string => `${inodePrefix(volume)}${slot}`;

const inodes = 'inode/';
const inodePrefix = (volume: string): string => `${inodes}${volume}/`;

/** Of whatever volume. */
export const isInodeKey = (key: string): boolean => key.startsWith(inodes);

/** The slot of an `inodeKey` of this volume. */
export function slotOfKey(key: string, volume: string): number | null {
  const prefix = inodePrefix(volume);
  return key.startsWith(prefix) ? Number(key.slice(prefix.length)) : null;
}

/** Means nothing on another device than the one it was kept with. */
export function belongsToDevice(key: string, volume: string): boolean {
  return key === stateKey(volume) || key === rootKey(volume) || slotOfKey(key, volume) !== null;
}
