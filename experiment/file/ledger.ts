/** The ledger of a run, as its file has it: which database, by how many clients, and where all is read back. */
import * as z from 'zod';
import type { DatabaseKind } from '../ledger/databases/database.js';
import type { SecretSource } from './access.js';
import { databaseAt, databaseUrls } from './database-url.js';
import { exactlyOne } from './field-rules.js';
import { durationOf } from './texts.js';

const database = (kind: DatabaseKind) => z.strictObject(databaseAt(kind)).optional();

const databases = {
  postgres: database('postgres'),
  mysql: database('mysql'),
  redis: database('redis'),
  etcd: database('etcd'),
} as const satisfies Record<DatabaseKind, unknown>;

export const ledgerKinds = Object.keys(databases) as readonly DatabaseKind[];

const clients = (usual: number) => z.int().min(1).max(64).default(usual);

export interface LedgerSpec {
  readonly kind: DatabaseKind;
  readonly url: string;
  readonly passwordFrom: SecretSource | null;
  readonly writers: number;
  readonly readers: number;
  /** Empty: from the database itself. */
  readonly readBackFrom: readonly string[];
  readonly operationTimeoutMs: number;
  /** Is the command killed once more, when all else is over, and what it has then read back? */
  readonly crashBeforeReadBack: boolean;
}

export const ledgerSchema = z
  .strictObject({
    ...databases,
    writers: clients(4),
    readers: clients(1),
    readBackFrom: z.array(z.url()).max(10).default([]),
    operationTimeout: durationOf({ min: 10, max: 60_000 }).prefault('5s'),
    crashBeforeReadBack: z.boolean().default(false),
  })
  .check(exactlyOne(ledgerKinds, 'which database'))
  .superRefine(likeTheDatabase)
  .transform(({ operationTimeout, postgres, mysql, redis, etcd, ...rest }): LedgerSpec => {
    const given = { postgres, mysql, redis, etcd };
    const kind = ledgerKinds.find((one) => given[one] !== undefined) ?? 'postgres';
    const { url = '', passwordFrom = null } = given[kind] ?? {};
    return { kind, url, passwordFrom, ...rest, operationTimeoutMs: operationTimeout };
  });

/** A replica is of the same kind, and its URL no more a place for a password. */
function likeTheDatabase(
  {
    readBackFrom,
    ...given
  }: { readonly readBackFrom: readonly string[] } & Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
): void {
  const kind = ledgerKinds.find((one) => given[one] !== undefined) ?? 'postgres';
  readBackFrom.forEach((url, index) => {
    for (const { code, message } of databaseUrls[kind].safeParse(url).error?.issues ?? [])
      context.addIssue({
        code: 'custom',
        path: ['readBackFrom', index],
        message:
          code === 'custom'
            ? message
            : `not a URL of the database; expected ${databaseUrls[kind].description}`,
      });
  });
}
