/** Debian keeps some programs out of a plain user's PATH. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

export const isProgram = (name: string): boolean => programPath(name) !== null;

export function programPath(name: string): string | null {
  const folders = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`.split(':');
  const paths = folders.map((folder) => join(folder, name));
  return paths.find((path) => allows(path, constants.X_OK)) ?? null;
}

export function allows(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
