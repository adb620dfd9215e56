/** Calls on files and their names. */
import { callError, checked, cString, libc, type Path } from './call.js';

export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_SYMLINK_FOLLOW = 0x400;
export const AT_EMPTY_PATH = 0x1000;
export const O_TMPFILE = 0o20200000;
export const O_PATH = 0o10000000;
export const RENAME_NOREPLACE = 1;
export const RENAME_EXCHANGE = 2;
export const RENAME_WHITEOUT = 4;
export const SEEK_DATA = 3;
export const SEEK_HOLE = 4;

const calls = {
  copyFileRange: libc.func(
    'int64_t copy_file_range(int from, int64_t *fromOffset, int to, int64_t *toOffset, size_t length, uint flags)',
  ),
  dup: libc.func('int dup(int fd)'),
  fallocate: libc.func('int fallocate(int fd, int mode, int64_t offset, int64_t length)'),
  fsync: libc.func('int fsync(int fd)'),
  futimens: libc.func('int futimens(int fd, const void *times)'),
  getcwd: libc.func('getcwd', 'intptr_t', ['_Out_ uint8_t *', 'size_t']),
  ioctl: libc.func('int ioctl(int fd, unsigned long request, ...)'),
  linkat: libc.func('int linkat(int fromDir, const void *from, int toDir, const void *to, int flags)'),
  lseek: libc.func('int64_t lseek(int fd, int64_t offset, int whence)'),
  mknod: libc.func('int mknod(const void *path, uint mode, uint64_t device)'),
  poll: libc.func('int poll(void *fds, unsigned long count, int timeoutMs)'),
  posixFadvise: libc.func('int posix_fadvise(int fd, int64_t offset, int64_t length, int advice)'),
  pread: libc.func('int64_t pread(int fd, intptr_t buffer, size_t length, int64_t offset)'),
  pwrite: libc.func('int64_t pwrite(int fd, intptr_t buffer, size_t length, int64_t offset)'),
  renameat2: libc.func('int renameat2(int fromDir, const void *from, int toDir, const void *to, uint flags)'),
  sendfile: libc.func('int64_t sendfile(int to, int from, int64_t *offset, size_t count)'),
  syncFileRange: libc.func('int sync_file_range(int fd, int64_t offset, int64_t length, uint flags)'),
  syncfs: libc.func('int syncfs(int fd)'),
  truncate: libc.func('int truncate(const void *path, int64_t length)'),
  utimensat: libc.func('int utimensat(int dir, const void *path, const void *times, int flags)'),
};

export function copyFileRange(
  from: number,
  fromOffset: number,
  to: number,
  toOffset: number,
  length: number,
): number {
  const copied = calls.copyFileRange(from, [fromOffset], to, [toOffset], length, 0);
  return checked('copy_file_range', copied);
}

export function dup(fd: number): number {
  return checked('dup', calls.dup(fd));
}

export function fallocate(fd: number, mode: number, offset: number, length: number): void {
  checked('fallocate', calls.fallocate(fd, mode, offset, length));
}

export function fsync(fd: number): void {
  checked('fsync', calls.fsync(fd));
}

/** getcwd(3) itself: Node remembers the last answer. */
export function getcwd(): string {
  const into = Buffer.alloc(8192);
  if (calls.getcwd(into, into.length) === 0) throw callError('getcwd');
  return into.toString('latin1', 0, into.indexOf(0));
}

export function ioctl(fd: number, request: number, argument: Buffer): number {
  return checked('ioctl', calls.ioctl(fd, request, 'void *', argument));
}

export function linkat(from: { dir: number; path: Path }, to: Path, flags: number): void {
  checked('linkat', calls.linkat(from.dir, cString(from.path), AT_FDCWD, cString(to), flags));
}

export function lseek(fd: number, offset: number | bigint, whence: number): number {
  return checked('lseek', calls.lseek(fd, offset, whence));
}

export function mknod(path: Path, mode: number, device: number): void {
  checked('mknod', calls.mknod(cString(path), mode, device));
}

/** The events that are ready at once: poll(2) with no time to wait. */
export function poll(fd: number, events: number): number {
  const request = Buffer.alloc(8);
  request.writeInt32LE(fd, 0);
  request.writeInt16LE(events, 4);
  checked('poll', calls.poll(request, 1, 0));
  return request.readInt16LE(6);
}

/** Drops clean pages of the file from the page cache. */
export function dropCache(fd: number): void {
  const dontNeed = 4;
  calls.posixFadvise(fd, 0, 0, dontNeed);
}

/** Has the kernel read ahead into its page cache; does not wait for it. */
export function readAhead(fd: number, length: number): void {
  const willNeed = 3;
  calls.posixFadvise(fd, 0, length, willNeed);
}

/** pread(2) into memory at `address`, for buffers that must be aligned. */
export function preadAt(fd: number, address: number, length: number, offset: number): number {
  return checked('pread', calls.pread(fd, address, length, offset));
}

export function pwriteAt(fd: number, address: number, length: number, offset: number): number {
  return checked('pwrite', calls.pwrite(fd, address, length, offset));
}

export function renameat2(from: Path, to: Path, flags: number): void {
  checked('renameat2', calls.renameat2(AT_FDCWD, cString(from), AT_FDCWD, cString(to), flags));
}

export function sendfile(to: number, from: number, offset: number, count: number): number {
  return checked('sendfile', calls.sendfile(to, from, [offset], count));
}

export function syncFileRange(fd: number, offset: number, length: number): void {
  const waitBeforeWriteAndAfter = 7;
  checked('sync_file_range', calls.syncFileRange(fd, offset, length, waitBeforeWriteAndAfter));
}

export function syncfs(fd: number): void {
  checked('syncfs', calls.syncfs(fd));
}

/** truncate(2) itself: Node's truncateSync opens the file. */
export function truncate(path: Path, length: number): void {
  checked('truncate', calls.truncate(cString(path), length));
}

/** Nanoseconds since the Unix epoch, or what utimensat(2) calls UTIME_NOW and UTIME_OMIT. */
export type Time = bigint | 'now' | 'omit';

export function utimens(path: Path, atime: Time, mtime: Time): void {
  checked(
    'utimensat',
    calls.utimensat(AT_FDCWD, cString(path), timespecs(atime, mtime), AT_SYMLINK_NOFOLLOW),
  );
}

export function futimens(fd: number, atime: Time, mtime: Time): void {
  checked('futimens', calls.futimens(fd, timespecs(atime, mtime)));
}

function timespecs(...times: readonly Time[]): Buffer {
  const bytes = Buffer.alloc(16 * times.length);
  times.forEach((time, index) => {
    const { seconds, nanoseconds } = timespec(time);
    bytes.writeBigInt64LE(seconds, index * 16);
    bytes.writeBigInt64LE(nanoseconds, index * 16 + 8);
  });
  return bytes;
}

function timespec(time: Time): { seconds: bigint; nanoseconds: bigint } {
  if (time === 'now') return { seconds: 0n, nanoseconds: (1n << 30n) - 1n };
  if (time === 'omit') return { seconds: 0n, nanoseconds: (1n << 30n) - 2n };
  const second = 1_000_000_000n;
  const nanoseconds = ((time % second) + second) % second;
  return { seconds: (time - nanoseconds) / second, nanoseconds };
}
