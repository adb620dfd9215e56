/**
 * Keeps a ledger of a database: writes numbered entries, remembers on disk which were acknowledged, reads them meanwhile,
 * and in the end says which of them are there.
 *
 *     writers ─ write n ─► database ─ acknowledged ─► ledger.jsonl ─┐
 *     readers ─ is n there? ─► database ─ no ─► ledger.jsonl ───────┤
 *                              database ─ all that is there ────────┴─ classify ─► LedgerResult
 */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import type { Latency } from '../latency.js';
import type { Span } from './availability.js';
import type { Connection, LedgerTarget } from './databases/database.js';
import { databases } from './databases/databases.js';
import { type Beginning, type History, spaceOf } from './history.js';
import { HistoryFile, readHistory } from './history-file.js';
import { type LedgerNow, LedgerTally } from './ledger-now.js';
import { limits } from './limits.js';
import { checkUrl, prepare } from './prepare.js';
import { readAllBack } from './read-back.js';
import { RecentWrites, readOnce } from './reader.js';
import type { RegisterCall } from './registers/register-calls.js';
import { operateRegister, RegisterTurns } from './registers/register-client.js';
import { judgeLedger, type LedgerResult, latencyBetween } from './result.js';
import { runSession } from './session.js';
import type { Write } from './write-table.js';
import { writeOnce } from './writer.js';

export interface LedgerOptions {
  readonly target: LedgerTarget;
  /** Clients that write; 4 without it. */
  readonly writers?: number;
  /** Clients that look for what was acknowledged; 1 without it. */
  readonly readers?: number;
  /** Clients that read, write and swap registers, where the database has them; 3 without it. */
  readonly registerClients?: number;
  /** In place of the target, read back from each of these: a replica, one that was promoted. */
  readonly readBackFrom?: readonly LedgerTarget[];
  /** A folder for `ledger.jsonl`, which must not be there yet. */
  readonly stateDir: string;
  /** Of connecting, and of each operation; 5 s without it. */
  readonly operationTimeoutMs?: number;
  /** Of a whole read-back, with waiting for a database that is away; a minute without it. */
  readonly readBackMs?: number;
}

export interface Ledger {
  /** How many writes were acknowledged so far. */
  readonly operations: number;
  /** What it knows at this moment. */
  now(): LedgerNow;
  /** Tells of each write when its outcome is known. Returns the way to stop that. */
  onOperation(listener: (write: Write) => void): () => void;
  /** Ends the writers and readers, each after the operation it is in. Rejects where the history could not be kept. */
  stop(): Promise<void>;
  /** Stops first. May be asked again, after one more crash. */
  readBack(): Promise<LedgerResult>;
  /** Of the writes that were acknowledged in this span. */
  latency(span: Span): Promise<Latency | null>;
  /** Takes away from the database what the ledger made there. */
  remove(): Promise<void>;
}

/** Makes the table. Rejects with `ledger.unreachable` where it cannot, within twice the time of an operation. */
export async function startLedger(options: LedgerOptions, clock: Clock): Promise<Ledger> {
  for (const { kind, url } of [options.target, ...(options.readBackFrom ?? [])]) checkUrl(kind, url);
  const beginning: Beginning = {
    id: randomBytes(6).toString('hex'),
    target: { kind: options.target.kind, url: options.target.url },
    startedAt: new Date(clock.wallMs()).toISOString(),
  };
  const connect = connectTo(options, beginning, clock);
  const file = new HistoryFile(options.stateDir, beginning);
  const hasRegisters = await prepare(options.target, connect).catch((error: unknown) => {
    file.discard();
    throw error;
  });
  return new RunningLedger(options, { beginning, connect, clock, file, hasRegisters });
}

const timeoutOf = ({ operationTimeoutMs }: LedgerOptions): number =>
  operationTimeoutMs ?? limits.operationTimeoutMs.usual;

function connectTo(options: LedgerOptions, beginning: Beginning, clock: Clock): () => Promise<Connection> {
  const { target } = options;
  const space = spaceOf(beginning);
  return () => databases[target.kind].connect({ target, space, timeoutMs: timeoutOf(options), clock });
}

interface Running {
  readonly beginning: Beginning;
  readonly connect: () => Promise<Connection>;
  readonly clock: Clock;
  readonly file: HistoryFile;
  readonly hasRegisters: boolean;
}

class RunningLedger implements Ledger {
  readonly #options: LedgerOptions;
  readonly #clock: Clock;
  readonly #connect: () => Promise<Connection>;
  readonly #file: HistoryFile;
  readonly #beganMs: number;
  readonly #ending = new AbortController();
  readonly #recent = new RecentWrites();
  readonly #tally = new LedgerTally();
  readonly #listeners = new Set<(write: Write) => void>();
  readonly #sessions: Promise<unknown>;
  #ended: Promise<void> | null = null;
  #lastNumber = 0;
  #flawedReads = 0;

  constructor(options: LedgerOptions, { beginning, connect, clock, file, hasRegisters }: Running) {
    this.#options = options;
    this.#clock = clock;
    this.#connect = connect;
    this.#file = file;
    this.#beganMs = clock.monotonicMs();
    this.#sessions = this.#runSessions(beginning.id, hasRegisters);
    // Told by `stop`.
    this.#sessions.catch(() => this.#ending.abort());
  }

  get operations(): number {
    return this.#tally.acknowledged;
  }

  now(): LedgerNow {
    return this.#tally.at(this.#nowMs());
  }

  onOperation(listener: (write: Write) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async readBack(): Promise<LedgerResult> {
    await this.stop();
    const { target, readBackFrom: targets = [target] } = this.#options;
    const history = await this.#history();
    const readBack = await readAllBack(history, targets, {
      clock: this.#clock,
      operationTimeoutMs: timeoutOf(this.#options),
      boundMs: this.#options.readBackMs ?? limits.readBackMs,
    });
    return judgeLedger(history, readBack, this.#clock);
  }

  async latency(span: Span): Promise<Latency | null> {
    return latencyBetween(await this.#history(), span);
  }

  async remove(): Promise<void> {
    const connection = await this.#connect();
    try {
      await connection.remove();
    } finally {
      connection.close();
    }
  }

  #history(): Promise<History> {
    return readHistory(this.#options.stateDir);
  }

  async #runSessions(ledger: string, hasRegisters: boolean): Promise<void> {
    const { writers = 4, readers = 1, registerClients = 3 } = this.#options;
    const now = (): number => this.#nowMs();
    const session = {
      connect: this.#connect,
      clock: this.#clock,
      signal: this.#ending.signal,
      pauseMs: limits.pauseMs,
    };
    const writer = {
      ledger,
      next: () => this.#nextNumber(),
      now,
      record: (write: Write, why: string | null) => this.#record(write, why),
    };
    const reader = {
      ledger,
      recent: this.#recent,
      now,
      record: (read: Parameters<HistoryFile['flawedRead']>[0]) => this.#recordRead(read),
    };
    const register = {
      turns: new RegisterTurns(),
      known: new Map<number, string>(),
      now,
      record: (call: RegisterCall) => this.#file.registerCall(call),
    };
    const registerSession = { ...session, pauseMs: limits.registerPauseMs };
    await Promise.all([
      ...Array.from({ length: hasRegisters ? registerClients : 0 }, () =>
        runSession(registerSession, (on) => operateRegister(on, register)),
      ),
      ...Array.from({ length: writers }, () => runSession(session, (on) => writeOnce(on, writer))),
      ...Array.from({ length: readers }, () => runSession(session, (on) => readOnce(on, reader))),
    ]);
  }

  async #end(): Promise<void> {
    this.#ending.abort();
    try {
      await this.#sessions;
      this.#file.end(this.#nowMs());
    } finally {
      this.#file.close();
    }
  }

  #nowMs(): number {
    return Math.round((this.#clock.monotonicMs() - this.#beganMs) * 1000) / 1000;
  }

  #nextNumber(): number | null {
    if (this.#lastNumber >= limits.writes) return null;
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  #record(write: Write, why: string | null): void {
    this.#file.write(write, why);
    this.#tally.addWrite(write);
    if (write.outcome === 'acknowledged') this.#recent.add(write.number);
    for (const listener of this.#listeners) listener(write);
  }

  #recordRead(read: Parameters<HistoryFile['flawedRead']>[0]): void {
    this.#tally.addWrongRead();
    if (this.#flawedReads >= limits.flawedReads) return;
    this.#flawedReads += 1;
    this.#file.flawedRead(read);
  }
}
