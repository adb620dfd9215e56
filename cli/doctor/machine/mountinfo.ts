/** proc_pid_mountinfo(5), as far as the doctor asks it: a mount that is dead can be found there without touching it. */
import { decodeOctal } from '../../../sidecar/linux/mountinfo.js';

export interface MountEntry {
  readonly id: number;
  readonly parent: number;
  /** `0:52`; of a FUSE mount the second number is that of its connection. */
  readonly device: string;
  readonly mountpoint: string;
  /** Is what is mounted below it seen elsewhere (`shared`), and what is mounted elsewhere seen here (`follows`)? */
  readonly shared: boolean;
  readonly follows: boolean;
  readonly type: string;
  readonly source: string;
}

export function parseMountinfo(text: string): readonly MountEntry[] {
  return text
    .split('\n')
    .filter((line) => line.includes(' - '))
    .map(entryOf);
}

function entryOf(line: string): MountEntry {
  const [left = '', right = ''] = line.split(' - ', 2);
  const [id, parent, device = '', , mountpoint = '', , ...tags] = left.split(' ');
  const [type = '', source = ''] = right.split(' ');
  return {
    id: Number(id),
    parent: Number(parent),
    device,
    mountpoint: decodeOctal(mountpoint),
    shared: tags.some((tag) => tag.startsWith('shared:')),
    follows: tags.some((tag) => tag.startsWith('master:')),
    type,
    source: decodeOctal(source),
  };
}

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
