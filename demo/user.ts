/** Whom PostgreSQL runs as: it refuses to be root. */
import { readFileSync } from 'node:fs';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export function postgresUser(): User {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? 0 };
  return account('postgres') ?? account('nobody') ?? { uid: 65534, gid: 65534 };
}

function account(name: string): User | undefined {
  const entry = readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm'));
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : undefined;
}
