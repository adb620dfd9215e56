/** A directory read by getdents64(2), so that a test sees offsets and batches, which Node's readdir hides. */
import { closeSync, constants, openSync } from 'node:fs';
import { checked, libc, type Path } from './call.js';
import { lseek } from './files.js';

const getdents = libc.func('syscall', 'long', ['long', 'int', '_Out_ uint8_t *', 'size_t']);
const SYS_getdents64 = process.arch === 'arm64' ? 61 : 217;
const SEEK_SET = 0;

export interface DirectoryEntry {
  readonly name: string;
  /** Where the next entry is: what telldir(3) returns after this one. */
  readonly nextOffset: bigint;
  readonly type: number;
  readonly ino: bigint;
}

export interface DirectoryStream {
  readonly fd: number;
  /** The entries of one getdents64(2); none at the end. */
  batch(bytes?: number): readonly DirectoryEntry[];
  rest(bytes?: number): readonly DirectoryEntry[];
  seek(offset: bigint): void;
  close(): void;
}

export function openDirectory(path: Path): DirectoryStream {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  const batch = (bytes = 32_768): readonly DirectoryEntry[] => {
    const into = Buffer.alloc(bytes);
    const length = checked('getdents64', getdents(SYS_getdents64, fd, into, bytes));
    return [...entries(into.subarray(0, length))];
  };
  return {
    fd,
    batch,
    rest(bytes) {
      const all: DirectoryEntry[] = [];
      for (let some = batch(bytes); some.length > 0; some = batch(bytes)) all.push(...some);
      return all;
    },
    seek: (offset) => void lseek(fd, offset, SEEK_SET),
    close: () => closeSync(fd),
  };
}

function* entries(bytes: Buffer): Generator<DirectoryEntry> {
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt16LE(at + 16);
    const name = bytes.subarray(at + 19, at + length);
    yield {
      name: name.toString('latin1', 0, name.indexOf(0)),
      nextOffset: bytes.readBigInt64LE(at + 8),
      type: bytes.readUInt8(at + 18),
      ino: bytes.readBigUInt64LE(at),
    };
    at += length;
  }
}
