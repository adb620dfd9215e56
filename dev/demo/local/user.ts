/** Whom PostgreSQL runs as: it refuses to be root. */
import { readFileSync } from 'node:fs';
import { isInNamespace } from '../../../cli/commands/local/namespace.js';
import { HavocError } from '../../../core/havoc-error.js';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

const onlyRoot =
  'PostgreSQL refuses to run as root, and this root, which may not mount outside a namespace of its own, can be nobody else there: run the demo as another user, or with CAP_SYS_ADMIN';

export function postgresUser(): User {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? 0 };
  if (isInNamespace(process.env)) throw new HavocError('demo.lacks', onlyRoot);
  return account('postgres') ?? account('nobody') ?? { uid: 65534, gid: 65534 };
}

function account(name: string): User | undefined {
  const entry = readFileSync('/etc/passwd', 'utf8').match(new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm'));
  return entry ? { uid: Number(entry[1]), gid: Number(entry[2]) } : undefined;
}
