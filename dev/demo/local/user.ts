/** Whom PostgreSQL runs as: it refuses to be root. */
import { isInNamespace } from '../../../cli/commands/local/namespace.js';
import { HavocError } from '../../../core/havoc-error.js';
import type { User } from '../../programs/run.js';
import { accountOf } from '../../programs/user.js';

const onlyRoot =
  'PostgreSQL refuses to run as root, and this root, which may not mount outside a namespace of its own, can be nobody else there: run the demo as another user, or with CAP_SYS_ADMIN';

export function postgresUser(): User {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { uid, gid: process.getgid?.() ?? 0 };
  if (isInNamespace(process.env)) throw new HavocError('demo.lacks', onlyRoot);
  return accountOf('postgres') ?? accountOf('nobody') ?? { uid: 65534, gid: 65534 };
}
