/** Requests on extended attributes. The inode is reached through /proc/self/fd: whatever it is, and whatever it is called. */

import { EEXIST, EINVAL, ENODATA, EOPNOTSUPP, ERANGE } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import { agreed } from '../state/agreed.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { SETXATTR_ACL_KILL_SGID } from '../wire/flags.js';
import { inHeaderBytes, maxWriteBytes } from '../wire/sizes.js';
import { dropSetGid } from './ownership.js';
import { spendAsCaller } from './spending.js';

/** XATTR_SIZE_MAX and XATTR_LIST_MAX are both 64 KiB (xattr(7)). */
const largest = Math.min(65536, maxWriteBytes);

/** setxattr_in: size@0 flags@4 and, with SETXATTR_EXT, setxattr_flags@8; then the name, its NUL, the value. */
export function setxattr(volume: Volume, request: Exchange): number {
  const fd = volume.fdOf(request.nodeid);
  if (fd < 0) return fd;
  const extended = agreed(volume.options.state, 'SETXATTR_EXT');
  const nameAt = extended ? 16 : 8;
  const valueAt = nameAt + request.name(nameAt).length + 1;
  if (inHeaderBytes + valueAt + request.u32(0) > request.length) return -EINVAL;
  if (isFileSystemsOwn(request.name(nameAt))) return -EOPNOTSUPP;
  const begun = volume.options.intents.begunBefore(request);
  volume.options.intents.begin(request);
  const value = request.argument(valueAt);
  spendAsCaller(volume, request);
  const result = libc.setxattr(
    volume.procPath(fd),
    request.argument(nameAt),
    value,
    request.u32(0),
    request.u32(4),
  );
  if (result < 0 && !(begun && errno() === EEXIST)) return -errno();
  if (extended && request.u32(8) & SETXATTR_ACL_KILL_SGID) dropSetGid(volume, fd);
  return 0;
}

/** getxattr_in: size@0, name@8. Size 0 asks for the length (getxattr_out). */
export function getxattr(volume: Volume, request: Exchange): number {
  const fd = volume.fdOf(request.nodeid);
  if (fd < 0) return fd;
  const path = volume.procPath(fd);
  return sized(request, (buffer, bytes) => libc.getxattr(path, request.argument(8), buffer, bytes));
}

export function listxattr(volume: Volume, request: Exchange): number {
  const fd = volume.fdOf(request.nodeid);
  if (fd < 0) return fd;
  const bytes = libc.listxattr(volume.procPath(fd), volume.roomAddress, volume.roomBytes);
  if (bytes < 0) return -errno();
  const list = visibleTo(request.uid, volume.room.subarray(0, bytes));
  if (request.u32(0) > 0 && list.length > request.u32(0)) return -ERANGE;
  if (request.u32(0) > 0) {
    request.payloadBytes.set(list);
    return list.length;
  }
  request.set32(0, list.length);
  request.set32(4, 0);
  return 8;
}

/** Names of the trusted namespace are shown to root alone (xattr(7)). */
function visibleTo(uid: number, list: Uint8Array): Uint8Array {
  if (uid === 0) return list;
  const names = Buffer.from(list).toString('latin1').split('\0').slice(0, -1);
  const visible = names.filter((name) => !name.startsWith('trusted.'));
  return Buffer.from(visible.map((name) => `${name}\0`).join(''), 'latin1');
}

function sized(request: Exchange, call: (buffer: number, bytes: number) => number): number {
  const room = Math.min(request.u32(0), largest);
  const bytes = call(request.payload, room);
  if (bytes < 0) return -errno();
  if (room > 0) return bytes;
  request.set32(0, bytes);
  request.set32(4, 0);
  return 8;
}

/**
 * Who may set `system.*` is the file system's to say, not the kernel's, and it would ask who we are: root. ACLs alone
 * the kernel checks itself.
 */
function isFileSystemsOwn(name: Uint8Array): boolean {
  const text = Buffer.from(name).toString('latin1');
  return text.startsWith('system.') && !acls.has(text);
}

const acls: ReadonlySet<string> = new Set(['system.posix_acl_access', 'system.posix_acl_default']);

export function removexattr(volume: Volume, request: Exchange): number {
  if (isFileSystemsOwn(request.name(0))) return -EOPNOTSUPP;
  const fd = volume.fdOf(request.nodeid);
  if (fd < 0) return fd;
  const begun = volume.options.intents.begunBefore(request);
  volume.options.intents.begin(request);
  const result = libc.removexattr(volume.procPath(fd), request.argument(0));
  return result < 0 && !(begun && errno() === ENODATA) ? -errno() : 0;
}
