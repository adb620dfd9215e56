/** The ledger of a run, as its file has it: which database, by how many clients, and where all is read back. */
import * as z from 'zod';
import type { DatabaseKind } from '../ledger/databases/database.js';
import { type SecretSource, secretSchema } from './access.js';
import { onlyOneOf } from './only-one-of.js';
import { durationOf } from './texts.js';

const database = z.strictObject({
  url: z.url().describe('a URL without a password, such as postgres://app@127.0.0.1:5432/app'),
  passwordFrom: secretSchema.optional(),
});

type Databases = { readonly [K in DatabaseKind]: z.ZodOptional<typeof database> };

const databases: Databases = {
  postgres: database.optional(),
  mysql: database.optional(),
  redis: database.optional(),
  etcd: database.optional(),
};

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
    operationTimeout: durationOf({ min: 10, max: 60_000 }).default(5000),
    crashBeforeReadBack: z.boolean().default(false),
  })
  .superRefine(onlyOneOf(ledgerKinds, 'which database'))
  .transform(({ operationTimeout, postgres, mysql, redis, etcd, ...rest }): LedgerSpec => {
    const given = { postgres, mysql, redis, etcd };
    const kind = ledgerKinds.find((one) => given[one] !== undefined) ?? 'postgres';
    const { url = '', passwordFrom = null } = given[kind] ?? {};
    return { kind, url, passwordFrom, ...rest, operationTimeoutMs: operationTimeout };
  });
