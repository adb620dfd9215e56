/** Every database that a ledger can be kept of. */
import type { Database, DatabaseKind } from './database.js';
import { etcd } from './etcd.js';
import { mysql } from './mysql.js';
import { postgres } from './postgres.js';
import { redis } from './redis.js';

export const databases: Readonly<Record<DatabaseKind, Database>> = { postgres, mysql, redis, etcd };
