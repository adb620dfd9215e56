/**
 * What `--disk` says, before anybody looks whether it is there:
 *
 *     [NAME:]BACKING=MOUNT[:ro]        pg:/srv/pg=/var/lib/postgresql/data:ro
 */
import { basename, resolve } from 'node:path';
import type { LocalDisk } from '../../../sidecar/supervise/local/local-options.js';
import type { InputProblem } from '../../bad-input.js';
import { isVolumeName } from '../../volume-name.js';

export const diskSyntax = '[NAME:]BACKING=MOUNT[:ro]';

export type ReadDisk =
  | { readonly kind: 'disk'; readonly disk: LocalDisk }
  | { readonly kind: 'problem'; readonly problem: InputProblem };

export function readDiskOption(text: string): ReadDisk {
  const [, named, backing, served = ''] = /^(?:([^/=:]*):)?([^=]+)=(.+)$/s.exec(text) ?? [];
  if (backing === undefined) return refused(text, `expected ${diskSyntax}`);
  const readOnly = served.endsWith(':ro');
  const mountpoint = resolve(readOnly ? served.slice(0, -':ro'.length) : served);
  const volume = named ?? basename(mountpoint);
  if (!isVolumeName(volume)) return refused(text, `"${volume}" is not a name for a volume; ${howToName}`);
  return { kind: 'disk', disk: { volume, backing: resolve(backing), mountpoint, readOnly } };
}

const howToName = 'put one of letters, digits, dots, dashes and underscores in front, as data:BACKING=MOUNT';

function refused(text: string, message: string): ReadDisk {
  return { kind: 'problem', problem: { subject: `--disk ${text}`, message } };
}
