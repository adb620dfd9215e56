/** Whether this user can open /dev/fuse at all, and what to do when not. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { HavocError } from '../../../core/havoc-error.js';

/** Throws `fuse.missing`, `fuse.forbidden` or `fuse.unusable`. */
export function checkFuse(device = '/dev/fuse'): void {
  try {
    closeSync(openSync(device, 'r+'));
  } catch (cause) {
    throw explainFuse(device, cause);
  }
}

function explainFuse(device: string, cause: unknown): HavocError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  if (!existsSync(device)) return new HavocError('fuse.missing', missing(device), { cause });
  if (code === 'EACCES') return new HavocError('fuse.forbidden', forbidden(device), { cause });
  return new HavocError('fuse.unusable', `${device} cannot be opened (${code})\n${inContainer}`, { cause });
}

const inContainer =
  'In a container, give it the device and the right to mount: docker run --device /dev/fuse --cap-add SYS_ADMIN --security-opt apparmor=unconfined';

const missing = (
  device: string,
): string => `${device} is missing: the kernel's fuse module is not loaded, or this container has not got the device
On a machine: sudo modprobe fuse
${inContainer}`;

const forbidden = (device: string): string => `${device} may not be opened by uid ${process.getuid?.()}
Debian gives it to everybody; here somebody chose otherwise. Run havock8s as root, or as root: chmod 666 ${device}`;
