/** Debian keeps some programs out of a plain user's PATH. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

export function isProgram(name: string): boolean {
  const folders = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`.split(':');
  return folders.some((folder) => allows(join(folder, name), constants.X_OK));
}

export function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
