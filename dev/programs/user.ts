/** Accounts of this machine, for programs that refuse to be root. */
import { readFileSync } from 'node:fs';
import type { User } from './run.js';

export function accountOf(name: string): User | undefined {
  const entry = readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm'));
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : undefined;
}
