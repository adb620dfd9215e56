/** A struct statx as the file system would fill it, for tests that make up what files there are. */
import { FileStat, statx } from '../../../../sidecar/disk/wire/attributes.js';
import { allocate } from '../../../../sidecar/linux/memory.js';

export interface FileIdentity {
  readonly ino: number | bigint;
  readonly device?: number;
  readonly size?: number;
  readonly mtimeSeconds?: number;
  readonly mtimeNanoseconds?: number;
  readonly mode?: number;
  /** Nanoseconds of its birth; without it the file system does not tell. */
  readonly born?: number;
}

export function fileStat(identity: FileIdentity): FileStat {
  const { ino, device = 1, size = 0, mtimeSeconds = 0, mtimeNanoseconds = 0, mode = 0, born } = identity;
  const memory = allocate(4096);
  const put = (field: number, value: number): void => {
    memory.unsigned[field / 4] = value;
  };
  put(statx.ino, Number(BigInt.asUintN(32, BigInt(ino))));
  put(statx.ino + 4, Number(BigInt(ino) >> 32n));
  put(statx.devMinor, device);
  memory.words[statx.mode / 4] = mode;
  if (born !== undefined) {
    put(statx.mask, 0x800);
    put(statx.btime + 8, born);
  }
  put(statx.size, size);
  put(statx.mtime, mtimeSeconds);
  put(statx.mtime + 8, mtimeNanoseconds);
  return new FileStat(memory, 0);
}
