/** Which programs this machine has. Debian keeps some out of the PATH of a shell that became root by `su`. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { HavocError } from '../../core/havoc-error.js';

export interface Program {
  readonly program: string;
  readonly debianPackage: string;
}

/** All that is missing is told at once. */
export function requirePrograms(programs: readonly Program[]): void {
  const missing = programs.filter(({ program }) => !hasProgram(program));
  if (missing.length === 0) return;
  const packages = missing.map(({ debianPackage }) => debianPackage).join(' ');
  throw new HavocError(
    'bench.lacks',
    `missing ${missing.map(({ program }) => program).join(', ')}: apt-get install ${packages}`,
  );
}

export const hasProgram = (program: string): boolean =>
  searchPath()
    .split(delimiter)
    .some((directory) => isThere(join(directory, program)));

export const programEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: searchPath() });

const searchPath = (): string => `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`;

export function isThere(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
