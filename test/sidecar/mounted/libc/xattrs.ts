/** Extended attributes; none of the calls follows a symbolic link. */
import { checked, cString, libc, type Path } from './call.js';

export const XATTR_CREATE = 1;
export const XATTR_REPLACE = 2;

const calls = {
  get: libc.func('int64_t lgetxattr(const void *path, const void *name, _Out_ uint8_t *value, size_t size)'),
  list: libc.func('int64_t llistxattr(const void *path, _Out_ uint8_t *names, size_t size)'),
  remove: libc.func('int lremovexattr(const void *path, const void *name)'),
  set: libc.func(
    'int lsetxattr(const void *path, const void *name, const void *value, size_t size, int flags)',
  ),
};

export function setXattr(path: Path, name: string, value: Buffer | string, flags = 0): void {
  const bytes = Buffer.from(value);
  checked('lsetxattr', calls.set(cString(path), cString(name), bytes, bytes.length, flags));
}

/** `size` is the room offered: ERANGE when the value needs more; 0 asks for the value's length and returns that many zeros. */
export function getXattr(path: Path, name: string, size = 65_536): Buffer {
  const into = Buffer.alloc(size);
  const length = checked('lgetxattr', calls.get(cString(path), cString(name), into, size));
  return size === 0 ? Buffer.alloc(length) : into.subarray(0, length);
}

/** The names, sorted. */
export function listXattrs(path: Path): readonly string[] {
  const into = Buffer.alloc(65_536);
  const length = checked('llistxattr', calls.list(cString(path), into, into.length));
  return into.toString('latin1', 0, length).split('\0').filter(Boolean).sort();
}

/** The length of the list of names when `size` bytes are offered. */
export function xattrListLength(path: Path, size: number): number {
  return checked('llistxattr', calls.list(cString(path), Buffer.alloc(size), size));
}

export function removeXattr(path: Path, name: string): void {
  checked('lremovexattr', calls.remove(cString(path), cString(name)));
}
