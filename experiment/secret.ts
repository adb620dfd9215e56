/** Secrets, read when they are needed and kept nowhere. */
import { readFileSync } from 'node:fs';
import type { SecretSource } from './file/access.js';

/** Throws where it is not there: a probe without its credentials measures nothing. */
export function secretOf({ env, file }: SecretSource): string {
  if (env !== undefined) {
    const value = process.env[env];
    if (value === undefined) throw new Error(`the variable ${env} is not set`);
    return value;
  }
  return readFileSync(file ?? '', 'utf8').trim();
}
