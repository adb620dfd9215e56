/** Which programs this machine has. Debian keeps some out of the PATH of a shell that became root by `su`. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export const searchPath = (): string => `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`;

export const hasProgram = (program: string): boolean =>
  searchPath()
    .split(delimiter)
    .some((directory) => isThere(join(directory, program)));

export function isThere(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
