/** Small files of the kernel's and the system's that a machine may not have. */
import { readFileSync } from 'node:fs';

/** Null where it is not to be read. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
