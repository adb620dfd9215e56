/** Where a database is, as probes and the ledger are told, and where its password comes from. */
import type { DatabaseKind } from '../ledger/databases/database.js';
import { secretSchema } from './access.js';
import { urlOf } from './texts.js';

const urlWith = (protocol: RegExp, example: string) =>
  urlOf({ protocol, example, instead: 'passwordFrom: { env: NAME } or { file: PATH }' });

export const databaseUrls = {
  postgres: urlWith(/^postgres(ql)?$/, 'postgres://app@127.0.0.1:5432/app'),
  mysql: urlWith(/^(mysql|mariadb)$/, 'mysql://app@127.0.0.1:3306/app'),
  redis: urlWith(/^rediss?$/, 'redis://127.0.0.1:6379'),
  etcd: urlWith(/^https?$/, 'http://127.0.0.1:2379'),
} as const satisfies Record<DatabaseKind, unknown>;

/** The fields of whatever connects to one. */
export const databaseAt = (kind: DatabaseKind) => ({
  url: databaseUrls[kind],
  passwordFrom: secretSchema.exactOptional(),
});
