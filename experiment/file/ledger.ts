/** The ledger of a run, as its file has it: which database, by how many clients, and where all is read back. */
import * as z from 'zod';
import type { DatabaseKind } from '../ledger/databases/database.js';
import type { SecretSource } from './access.js';
import { databaseAt, databaseUrls } from './database-url.js';
import { exactlyOne } from './field-rules.js';
import { objectName } from './target.js';
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

/** Where it is kept: by whoever carries the run out, or by a pod beside the application. */
export const ledgerPlaces = [...ledgerKinds, 'statefulSet'] as const;

interface LedgerClients {
  readonly writers: number;
  readonly readers: number;
  readonly operationTimeoutMs: number;
  /** Is the command killed once more, when all else is over, and what it has then read back? */
  readonly crashBeforeReadBack: boolean;
}

export interface OwnLedgerSpec extends LedgerClients {
  readonly kind: DatabaseKind;
  readonly url: string;
  readonly passwordFrom: SecretSource | null;
  /** Empty: from the database itself. */
  readonly readBackFrom: readonly string[];
}

/** Which database it is of, and what opens it, is nobody's but its own. */
export interface PodLedgerSpec extends LedgerClients {
  readonly kind: 'statefulSet';
  /** Its first pod keeps the ledger. */
  readonly statefulSet: string;
}

export type LedgerSpec = OwnLedgerSpec | PodLedgerSpec;

export const ledgerSchema = z
  .strictObject({
    ...databases,
    statefulSet: z.strictObject({ name: objectName }).optional(),
    writers: clients(4),
    readers: clients(1),
    readBackFrom: z.array(z.url()).max(10).default([]),
    operationTimeout: durationOf({ min: 10, max: 60_000 }).prefault('5s'),
    crashBeforeReadBack: z.boolean().default(false),
  })
  .check(exactlyOne(ledgerPlaces, 'which database, or which ledger beside the application'))
  .superRefine(likeTheDatabase)
  .superRefine(ofThePod)
  .transform(({ operationTimeout, postgres, mysql, redis, etcd, statefulSet, ...rest }): LedgerSpec => {
    const { readBackFrom, ...clients } = { ...rest, operationTimeoutMs: operationTimeout };
    if (statefulSet !== undefined) return { kind: 'statefulSet', statefulSet: statefulSet.name, ...clients };
    const given = { postgres, mysql, redis, etcd };
    const kind = ledgerKinds.find((one) => given[one] !== undefined) ?? 'postgres';
    const { url = '', passwordFrom = null } = given[kind] ?? {};
    return { kind, url, passwordFrom, readBackFrom, ...clients };
  });

/** What its own command line says, and what only a command of one machine can do. */
function ofThePod(
  {
    statefulSet,
    readBackFrom,
    crashBeforeReadBack,
  }: {
    readonly statefulSet?: unknown;
    readonly readBackFrom: readonly string[];
    readonly crashBeforeReadBack: boolean;
  },
  context: z.RefinementCtx,
): void {
  if (statefulSet === undefined) return;
  const refuse = (field: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (readBackFrom.length > 0)
    refuse('readBackFrom', 'beside statefulSet; expected --read-back-from on the command line of its pod');
  if (crashBeforeReadBack)
    refuse('crashBeforeReadBack', 'beside statefulSet; it kills a command of one machine');
}

/** A replica is of the same kind, and its URL no more a place for a password. */
function likeTheDatabase(
  {
    readBackFrom,
    ...given
  }: { readonly readBackFrom: readonly string[] } & Readonly<Record<string, unknown>>,
  context: z.RefinementCtx,
): void {
  const kind = ledgerKinds.find((one) => given[one] !== undefined);
  if (kind === undefined) return;
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
