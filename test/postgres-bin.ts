/** Debian keeps its PostgreSQL programs out of PATH, one folder a major version. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = '/usr/lib/postgresql';
const programs = ['initdb', 'postgres', 'pg_ctl', 'psql', 'pgbench', 'pg_checksums', 'pg_amcheck'];

/** The folder of the newest installed version that has every program the tests run; null when there is none. */
export function postgresBin(): string | null {
  const folders = versions().map((version) => join(root, version, 'bin'));
  return folders.find((folder) => programs.every((program) => isExecutable(join(folder, program)))) ?? null;
}

function versions(): string[] {
  try {
    return readdirSync(root).sort((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
