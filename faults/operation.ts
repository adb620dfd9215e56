/** What a data plane is about to do, before it does it. */

/** The kernel's names of what a file system is asked; `fsync` is fdatasync(2) too, `open` a file, `opendir` a directory. */
export const diskVerbs = [
  'lookup',
  'getattr',
  'setattr',
  'readlink',
  'symlink',
  'mknod',
  'mkdir',
  'unlink',
  'rmdir',
  'rename',
  'link',
  'open',
  'create',
  'tmpfile',
  'read',
  'write',
  'flush',
  'fsync',
  'fsyncdir',
  'syncfs',
  'statfs',
  'opendir',
  'readdir',
  'setxattr',
  'getxattr',
  'listxattr',
  'removexattr',
  'access',
  'fallocate',
  'lseek',
  'copy_file_range',
] as const;

export type DiskVerb = (typeof diskVerbs)[number];

export interface DiskOperation {
  readonly plane: 'disk';
  readonly verb: DiskVerb;
  readonly volume: string;
  /** Below the volume's root, no leading slash; '' is the root. Bytes that are not UTF-8 stand as U+FFFD. */
  readonly path: string;
  /** The second path of rename, link and copy_file_range. */
  readonly otherPath?: string;
  /** Would it change the file system? What `readonly` refuses; an `open` that asks to write is one. */
  readonly modifies: boolean;
  readonly offset: number;
  readonly bytes: number;
}

/** A TCP connection as a fault sees it: between us and one peer. */
export interface TcpConnection {
  readonly plane: 'tcp';
  /** Who opened it: the peer (`in`), or we (`out`). */
  readonly opened: 'in' | 'out';
  /** Where the side that was called listens. */
  readonly port: number;
  /** 4 bytes or 16; never an IPv4 address in an IPv6 one. */
  readonly peer: readonly number[];
  /** Is the peer the pod's own host or gateway? */
  readonly isNode: boolean;
}

export type Operation = DiskOperation | TcpConnection;
