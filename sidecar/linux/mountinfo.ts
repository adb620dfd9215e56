/** /proc/self/mountinfo, of proc_pid_mountinfo(5): what is mounted where, without touching it. */
import { readFileSync } from 'node:fs';

export interface MountEntry {
  readonly id: number;
  readonly parent: number;
  /** `0:52`; of a FUSE mount the second number is that of its connection. */
  readonly device: string;
  readonly mountpoint: string;
  /** What of its file system is mounted: a path in there. */
  readonly root: string;
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
    .map(parseEntry);
}

function parseEntry(line: string): MountEntry {
  const [left = '', right = ''] = line.split(' - ', 2);
  const [id, parent, device = '', root = '', mountpoint = '', , ...tags] = left.split(' ');
  const [type = '', source = ''] = right.split(' ');
  return {
    id: Number(id),
    parent: Number(parent),
    device,
    root: decodeOctal(root),
    mountpoint: decodeOctal(mountpoint),
    shared: tags.some((tag) => tag.startsWith('shared:')),
    follows: tags.some((tag) => tag.startsWith('master:')),
    type,
    source: decodeOctal(source),
  };
}

export const mountEntries = (): readonly MountEntry[] =>
  parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));

/** Of the mount that an open descriptor lies in; undefined where it is mounted nowhere any more, or not in sight. */
export function entryOf(fd: number): MountEntry | undefined {
  const id = Number(/^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]);
  return mountEntries().find((entry) => entry.id === id);
}

/** What is on top of a mountpoint comes last. */
export const mountLines = (): readonly string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8').trimEnd().split('\n');

/** Without symbolic links. */
export const mountpointOf = (line: string): string => decodeOctal(line.split(' ')[4] ?? '');

/** Spaces, tabs, newlines and backslashes stand there in octal; a path is bytes. */
export function decodeOctal(field: string): string {
  const bytes = Buffer.from(field)
    .toString('latin1')
    .replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
