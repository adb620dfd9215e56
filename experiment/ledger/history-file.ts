/**
 * The history on disk, `ledger.jsonl` in the state folder: a line of JSON for each thing that happened, written when it
 * happened. What it says was so; what happened just before the process was killed may be missing, and then that write
 * counts as one whose answer nobody got.
 */
import { closeSync, createReadStream, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { assertNever } from '../../core/assert-never.js';
import { HavocError, messageOf } from '../../core/havoc-error.js';
import { jsonOf } from '../../core/json.js';
import { databaseKinds } from './databases/database.js';
import type { Beginning, FlawedRead, History } from './history.js';
import { limits } from './limits.js';
import type { RegisterCall } from './registers/register-calls.js';
import { outcomes, type Write, WriteTable } from './write-table.js';

const ms = z.number().nonnegative();
const number = z.number().int().min(1).max(limits.writes);
const target = z.object({ kind: z.enum(databaseKinds), url: z.string() });

const registerOperation = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('read'), value: z.string().nullable() }),
  z.object({ kind: z.literal('write'), value: z.string() }),
  z.object({
    kind: z.literal('compare-and-set'),
    expected: z.string(),
    value: z.string(),
    swapped: z.boolean().nullable(),
  }),
]);

const line = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ledger'),
    version: z.literal(1),
    id: z.string().regex(/^[0-9a-f]+$/),
    target,
    startedAt: z.iso.datetime(),
  }),
  z.object({
    kind: z.literal('write'),
    number,
    outcome: z.enum(outcomes),
    startedMs: ms,
    tookMs: ms,
    why: z.string().optional(),
  }),
  z.object({ kind: z.literal('read'), number, flaw: z.enum(['missing', 'altered']), startedMs: ms }),
  z.object({
    kind: z.literal('register'),
    register: z.number().int().min(0).max(limits.registers),
    operation: registerOperation,
    calledMs: ms,
    returnedMs: ms.nullable(),
  }),
  z.object({ kind: z.literal('ended'), atMs: ms }),
]);

type Line = z.infer<typeof line>;

const pathIn = (folder: string): string => join(folder, 'ledger.jsonl');

export class HistoryFile {
  readonly #file: number;
  readonly #path: string;

  /** Makes the folder. Rejects where it holds a ledger already: that one is evidence. */
  constructor(folder: string, { id, target: { kind, url }, startedAt }: Beginning) {
    this.#path = pathIn(folder);
    this.#file = open(folder, this.#path);
    this.#append({ kind: 'ledger', version: 1, id, target: { kind, url }, startedAt });
  }

  write({ number, outcome, startedMs, tookMs }: Write, why: string | null): void {
    this.#append({ kind: 'write', number, outcome, startedMs, tookMs, ...(why !== null && { why }) });
  }

  flawedRead({ number, flaw, startedMs }: FlawedRead): void {
    this.#append({ kind: 'read', number, flaw, startedMs });
  }

  registerCall({ register, operation, calledMs, returnedMs }: RegisterCall): void {
    this.#append({ kind: 'register', register, operation, calledMs, returnedMs });
  }

  end(atMs: number): void {
    this.#append({ kind: 'ended', atMs });
  }

  close(): void {
    closeSync(this.#file);
  }

  /** As if it had never been begun. */
  discard(): void {
    this.close();
    rmSync(this.#path, { force: true });
  }

  /** Outlives this process as soon as it returns. */
  #append(record: Line): void {
    try {
      writeSync(this.#file, `${JSON.stringify(record)}\n`);
    } catch (cause) {
      throw unwritable(this.#path, cause);
    }
  }
}

function open(folder: string, path: string): number {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  try {
    return openSync(path, 'ax', 0o600);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'))
      throw unwritable(path, cause);
    throw new HavocError(
      'ledger.state-in-use',
      `${path} is there already; read it back (havock8s ledger read-back), or choose another folder`,
      { cause },
    );
  }
}

const unwritable = (path: string, cause: unknown): HavocError =>
  new HavocError('ledger.state-unwritable', `${path} cannot be written: ${messageOf(cause)}`, { cause });

/** Rejects with `ledger.state-unreadable`. A last line that was cut off by a death is left out. */
export async function readHistory(folder: string): Promise<History> {
  const path = pathIn(folder);
  let beginning: Beginning | null = null;
  let endedMs = 0;
  const writes = new WriteTable();
  const flawedReads: FlawedRead[] = [];
  const registerCalls: RegisterCall[] = [];
  for await (const record of linesOf(path)) {
    if (record.kind === 'ledger') beginning = withoutKind(record);
    else if (record.kind === 'write') writes.add(record);
    else if (record.kind === 'read') flawedReads.push(withoutKind(record));
    else if (record.kind === 'register') registerCalls.push(withoutKind(record));
    endedMs = Math.max(endedMs, timeOf(record));
  }
  if (beginning === null) throw unreadable(path, 'it does not say which ledger it is of');
  return { beginning, writes, flawedReads, registerCalls, endedMs };
}

function withoutKind<Record extends Line>({ kind: _, ...rest }: Record): Omit<Record, 'kind'> {
  return rest;
}

function timeOf(record: Line): number {
  switch (record.kind) {
    case 'ledger':
      return 0;
    case 'write':
      return record.startedMs + record.tookMs;
    case 'read':
      return record.startedMs;
    case 'register':
      return record.returnedMs ?? record.calledMs;
    case 'ended':
      return record.atMs;
    default:
      return assertNever(record);
  }
}

async function* linesOf(path: string): AsyncGenerator<Line> {
  let count = 0;
  let flaw: string | null = null;
  try {
    for await (const text of createInterface({ input: createReadStream(path) })) {
      if (flaw !== null) throw unreadable(path, flaw);
      count += 1;
      const read = line.safeParse(jsonOf(text));
      if (read.success) yield read.data;
      else flaw = `line ${count} is not one of a ledger`;
    }
  } catch (cause) {
    throw cause instanceof HavocError ? cause : unreadable(path, messageOf(cause), cause);
  }
}

const unreadable = (path: string, why: string, cause?: unknown): HavocError =>
  new HavocError('ledger.state-unreadable', `${path} cannot be read: ${why}`, { cause });
