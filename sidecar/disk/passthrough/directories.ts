/** Requests that list directories. */

import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../../linux/constants.js';
import { EBADF, ENFILE, ESTALE } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import { isDots, longestName } from '../sound-request.js';
import { handleHow } from '../state/handle-table.js';
import { deviceOf } from '../state/inode-identity.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { align8, direntHeaderBytes, entryOutBytes, maxWriteBytes, openOutBytes } from '../wire/sizes.js';
import { handleFd } from './handles.js';
import { setEntry } from './reply.js';

export function opendir(volume: Volume, request: Exchange): number {
  if (!volume.descriptors.admitsFile()) return -ENFILE;
  const node = volume.fdOf(request.nodeid);
  if (node < 0) return node;
  const fd = libc.openat(node, volume.here, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) return -errno();
  const fh = volume.addHandle({
    fd,
    inode: request.nodeid,
    flags: 0,
    how: handleHow.directory,
    uid: request.uid,
    gid: request.gid,
  });
  if (fh === 0) {
    libc.close(fd);
    return -ENFILE;
  }
  request.set64(0, fh);
  request.set64(8, 0);
  return openOutBytes;
}

/** read_in: fh@0 offset@8 size@16. Answers fuse_dirents, each aligned to 8 bytes. */
export const readdir = (volume: Volume, request: Exchange): number => list(volume, request, false);

/** The same, each with its fuse_entry_out: one lookup counted for every name but `.` and `..`. */
export const readdirplus = (volume: Volume, request: Exchange): number => list(volume, request, true);

/** struct linux_dirent64: ino@0 off@8 reclen u16@16 type u8@18 name@19. */
const linuxDirent = { offset: 8, length: 16, type: 18, name: 19 } as const;

function list(volume: Volume, request: Exchange, plus: boolean): number {
  const fh = request.u64(0);
  const fd = handleFd(volume, fh);
  if (fd < 0) return fd;
  if ((volume.handles.how(fh) & handleHow.directory) === 0) return -EBADF;
  if (!volume.inodes.has(request.nodeid)) return -ESTALE;
  const wanted = Math.min(request.u32(16), maxWriteBytes);
  const from = request.i64Exact(8);
  if (volume.handles.position(fh) !== from && libc.lseek(fd, from, 0) < 0) return -errno();

  const room = Math.min(volume.roomBytes, plus ? Math.max(wanted >> 2, 512) : wanted);
  const bytes = libc.getdents(fd, volume.roomAddress, room);
  if (bytes < 0) return -errno();
  return translate(volume, request, { fd, fh, from, bytes, wanted, plus });
}

interface Listing {
  readonly fd: number;
  readonly fh: number;
  readonly from: bigint;
  /** How much getdents64(2) left in the thread's room. */
  readonly bytes: number;
  /** How much the kernel has room for. */
  readonly wanted: number;
  readonly plus: boolean;
}

function translate(
  volume: Volume,
  request: Exchange,
  { fd, fh, from, bytes, wanted, plus }: Listing,
): number {
  const { scratch, roomAddress } = volume;
  const room = roomAddress - scratch.address;
  const fixed = plus ? entryOutBytes + direntHeaderBytes : direntHeaderBytes;
  const inoHighOffset = volume.devices.inoHighOffset(deviceOf(volume.inodes.words(request.nodeid)));
  let filled = 0;
  let last = from;
  let at = room;
  while (at < room + bytes) {
    const length =
      (scratch.bytes[at + linuxDirent.length] ?? 0) |
      ((scratch.bytes[at + linuxDirent.length + 1] ?? 0) << 8);
    const nameStart = at + linuxDirent.name;
    const nameEnd = scratch.bytes.indexOf(0, nameStart);
    const entryBytes = align8(fixed + nameEnd - nameStart);
    if (filled + entryBytes > wanted) break;
    request.clearPayload(entryBytes, filled);
    if (plus) setLookedUp(volume, request, filled, { fd, nameStart, nameEnd });
    setDirent(volume, request, filled + fixed - direntHeaderBytes, { at, nameStart, nameEnd, inoHighOffset });
    last = scratch.longs[(at + linuxDirent.offset) / 8] ?? 0n;
    filled += entryBytes;
    at += length;
  }
  volume.handles.setPosition(fh, at < room + bytes ? -1n : last);
  return filled;
}

interface Name {
  readonly nameStart: number;
  readonly nameEnd: number;
}

/** fuse_dirent: ino@0 off@8 namelen@16 type@20 name@24. */
function setDirent(
  volume: Volume,
  request: Exchange,
  to: number,
  { at, nameStart, nameEnd, inoHighOffset }: Name & { at: number; inoHighOffset: number },
): void {
  const { unsigned, bytes } = volume.scratch;
  for (let word = 0; word < 4; word++) request.set32(to + word * 4, unsigned[at / 4 + word] ?? 0);
  request.set32(to + 4, (unsigned[at / 4 + 1] ?? 0) + inoHighOffset);
  request.set32(to + 16, nameEnd - nameStart);
  request.set32(to + 20, bytes[at + linuxDirent.type] ?? 0);
  request.payloadBytes.set(bytes.subarray(nameStart, nameEnd), to + direntHeaderBytes);
}

/**
 * `.` and `..`, a name that was removed since, and one that no LOOKUP may ask for, go without an entry: nodeid 0. So do
 * all while the kernel knows too many inodes: it looks up those that it needs.
 */
function setLookedUp(
  volume: Volume,
  request: Exchange,
  to: number,
  { fd, nameStart, nameEnd }: Name & { fd: number },
): void {
  const { scratch, inodes, stat } = volume;
  const name = scratch.bytes.subarray(nameStart, nameEnd);
  if (inodes.room.isShort || isDots(name) || name.length > longestName) return;
  if (volume.statAt(fd, scratch.address + nameStart, stat) < 0) return;
  const slot = inodes.remember(stat, request.nodeid, name);
  if (slot !== 0) setEntry(volume, request, to, slot);
}
