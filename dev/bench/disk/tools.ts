/** What the bench needs of the machine, told before anything is started. */
import { HavocError } from '../../../core/havoc-error.js';
import { isThere, type Program, requirePrograms } from '../programs.js';
import type { Subject } from './place.js';

const programs: readonly (Program & { readonly for?: Subject })[] = [
  { program: 'fio', debianPackage: 'fio' },
  { program: 'cc', debianPackage: 'gcc', for: 'libfuse' },
  { program: 'pkg-config', debianPackage: 'pkg-config', for: 'libfuse' },
];

export function checkTools(subjects: readonly Subject[]): void {
  if (process.getuid?.() !== 0) {
    throw new HavocError(
      'bench.lacks',
      'the bench mounts side by side and runs PostgreSQL as its own user: run it as root',
    );
  }
  if (subjects.some((subject) => subject !== 'bare') && !isThere('/dev/fuse')) {
    throw new HavocError(
      'bench.lacks',
      'no /dev/fuse: modprobe fuse, or give the container this device and CAP_SYS_ADMIN',
    );
  }
  requirePrograms(programs.filter((one) => !one.for || subjects.includes(one.for)));
}
