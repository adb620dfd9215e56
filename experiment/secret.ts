/** Secrets of this machine, read when they are needed and kept nowhere. */
import { readFileSync } from 'node:fs';
import type { SecretSource } from './file/access.js';

/** Rejects where it is not there: a probe without its credentials measures nothing. */
export type ReadSecret = (source: SecretSource) => Promise<string>;

export const localSecret: ReadSecret = async ({ env, file }) => {
  if (env !== undefined) {
    const value = process.env[env];
    if (value === undefined) throw new Error(`the variable ${env} is not set`);
    return value;
  }
  return readFileSync(file ?? '', 'utf8').trim();
};
