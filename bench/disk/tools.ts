/** What the bench needs of the machine, told all at once before anything is started. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { HavocError } from '../../sidecar/havoc-error.js';
import type { Options } from './options.js';
import type { Subject } from './place.js';

const programs: readonly {
  readonly program: string;
  readonly debianPackage: string;
  readonly for?: Subject;
}[] = [
  { program: 'fio', debianPackage: 'fio' },
  { program: 'cc', debianPackage: 'gcc', for: 'libfuse' },
  { program: 'pkg-config', debianPackage: 'pkg-config', for: 'libfuse' },
];

export function checkTools({ subjects }: Pick<Options, 'subjects'>): void {
  const mounts = subjects.some((subject) => subject !== 'bare');
  if (process.getuid?.() !== 0) {
    throw new HavocError(
      'E_NOT_ROOT',
      'the bench mounts side by side and runs PostgreSQL as its own user: run it as root',
    );
  }
  if (mounts && !isThere('/dev/fuse')) {
    throw new HavocError(
      'E_NO_FUSE',
      'no /dev/fuse: modprobe fuse, or give the container this device and CAP_SYS_ADMIN',
    );
  }
  const missing = programs.filter((one) => (!one.for || subjects.includes(one.for)) && !onPath(one.program));
  if (missing.length > 0) {
    const packages = missing.map(({ debianPackage }) => debianPackage).join(' ');
    throw new HavocError(
      'E_NO_TOOLS',
      `missing ${missing.map(({ program }) => program).join(', ')}: apt-get install ${packages}`,
    );
  }
}

const onPath = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((directory) => isThere(join(directory, program)));

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
