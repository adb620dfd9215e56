/** Who owns what is made here, and what becomes of setuid bits: as if the caller had made it beneath. */
import { readFileSync } from 'node:fs';
import {
  AT_EMPTY_PATH,
  O_CLOEXEC,
  O_NOFOLLOW,
  O_PATH,
  S_IFDIR,
  S_IFMT,
  S_IFREG,
  S_ISGID,
  S_ISUID,
  S_IXGRP,
} from '../../linux/constants.js';
import { EACCES, ENOENT, EPERM, ESTALE } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import { cString } from '../../linux/memory.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { isMade, type Made } from './made.js';

const KEEP = 0xffffffff;
const setIdBits = S_ISUID | S_ISGID;
const defaultAcl = Buffer.from('system.posix_acl_default\0');

/** The kernel leaves the umask to us: a directory's default ACL takes its place (acl(5)). */
export function createMode(volume: Volume, parentFd: number, mode: number, umask: number): number {
  if (umask === 0 || (mode & 0o7777 & umask) === 0) return mode;
  const name = cString(defaultAcl);
  return libc.getxattr(volume.procPath(parentFd), name, 0, 0) > 0 ? mode : mode & ~umask;
}

/**
 * Makes or removes something in the caller's name. A server beneath (NFS) may refuse one whom the kernel has let, by
 * groups that we do not know of: then, where the kernel knew what it let, in ours.
 */
export function inCallersName(
  volume: Volume,
  request: Exchange,
  call: () => number,
  isChecked: () => boolean = () => true,
): number {
  const result = volume.caller.as(request, call);
  return (result === -EACCES || result === -EPERM) && isChecked() ? call() : result;
}

/**
 * Gives what was just made at a name to the caller, where it was not made in his name. `volume.stat` shows it, before
 * and after. ESTALE where another lies there by now: the kernel looks again.
 */
export function own(volume: Volume, parentFd: number, name: number, made: Made): number {
  const { stat } = volume;
  if (!isMade(volume, stat, made)) return stat.type === made.type ? 0 : -ESTALE;
  if (isCallers(volume, made.request, parentFd)) return 0;
  const fd = libc.openat(parentFd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
  if (fd < 0) return errno() === ENOENT ? -ESTALE : -errno();
  const looked = volume.statFd(fd, stat) || (isMade(volume, stat, made) ? 0 : -ESTALE);
  const result = looked || ownFd(volume, made.request, parentFd, fd);
  libc.close(fd);
  return result;
}

function isCallers(volume: Volume, request: Exchange, parentFd: number): boolean {
  const { uid, gid } = ownerOf(volume, request, parentFd);
  return uid === KEEP && gid === KEEP;
}

/** As `own`, of what its descriptor leads to. chown(2) clears the bits that the caller asked for. */
export function ownFd(volume: Volume, request: Exchange, parentFd: number, fd: number): number {
  const { stat } = volume;
  const { uid, gid } = ownerOf(volume, request, parentFd);
  if (uid === KEEP && gid === KEEP) return 0;
  const mode = stat.mode;
  if (libc.fchownat(fd, volume.empty, uid, gid, AT_EMPTY_PATH) < 0) return -errno();
  if ((mode & setIdBits) !== 0 && stat.type !== S_IFDIR) libc.chmod(volume.procPath(fd), mode & 0o7777);
  return volume.statFd(fd, stat);
}

/** What chown(2) is to be given, of the file that `volume.stat` shows. */
function ownerOf(
  volume: Volume,
  request: Exchange,
  parentFd: number,
): { readonly uid: number; readonly gid: number } {
  const { stat } = volume;
  return {
    uid: stat.uid === request.uid ? KEEP : request.uid,
    gid: stat.gid === request.gid || inheritsGroup(volume, parentFd) ? KEEP : request.gid,
  };
}

function inheritsGroup(volume: Volume, parentFd: number): boolean {
  const { otherStat } = volume;
  return volume.statFd(parentFd, otherStat) === 0 && (otherStat.mode & S_ISGID) !== 0;
}

/**
 * What a change of its content by an unprivileged caller does to a file's setuid and setgid bits: write(2), and
 * setattr_should_drop_sgid() in fs/attr.c for a setgid bit that marks no program.
 */
export function dropSetId(volume: Volume, request: Exchange, fd: number): void {
  if (volume.statFd(fd, volume.otherStat) < 0) return;
  const { mode, gid } = volume.otherStat;
  if ((mode & setIdBits) === 0 || (mode & S_IFMT) !== S_IFREG) return;
  volume.caller.comeBack();
  const keepsGroup = (mode & S_ISGID) !== 0 && (mode & S_IXGRP) === 0 && isInGroup(request, gid);
  libc.chmod(volume.procPath(fd), mode & 0o7777 & ~(keepsGroup ? S_ISUID : setIdBits));
}

/** The kernel says so with a write; with the requests where it does not, root is who may keep the bits. */
export function dropSetIdOfOthers(volume: Volume, request: Exchange, fd: number): void {
  if (request.uid !== 0) dropSetId(volume, request, fd);
}

/** Setting an ACL may take the setgid bit away (FUSE_SETXATTR_ACL_KILL_SGID). */
export function dropSetGid(volume: Volume, fd: number): void {
  if (volume.statFd(fd, volume.otherStat) < 0 || (volume.otherStat.mode & S_ISGID) === 0) return;
  libc.chmod(volume.procPath(fd), volume.otherStat.mode & 0o7777 & ~S_ISGID);
}

/** A request tells the caller's own group; the others its process tells, where we can see it. */
function isInGroup(request: Exchange, gid: number): boolean {
  if (request.gid === gid) return true;
  try {
    const groups = /^Groups:\s*(.*)$/m.exec(readFileSync(`/proc/${request.pid}/status`, 'latin1'))?.[1] ?? '';
    return groups.split(' ').includes(String(gid));
  } catch {
    return false;
  }
}
