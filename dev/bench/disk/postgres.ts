/** The PostgreSQL installed on this machine, run as the user it refuses to run without. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HavocError } from '../../../core/havoc-error.js';

const installations = '/usr/lib/postgresql';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The directory of the newest version's programs. */
export function postgresBinaries(): string {
  const newest = installedVersions().at(-1);
  if (newest) return join(installations, newest, 'bin');
  throw new HavocError('bench.lacks', 'no PostgreSQL is installed: apt-get install postgresql');
}

function installedVersions(): string[] {
  try {
    return readdirSync(installations).sort((one, other) => Number(one) - Number(other));
  } catch {
    return [];
  }
}

/** The account Debian's package makes; without it, nobody. */
export function postgresUser(): User {
  const entry = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+):/m);
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : { uid: 65534, gid: 65534 };
}
