/** Asks both databases, many times a second, how far they are. While one does not answer, nothing is known. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Address, type Connection, connectOnce } from '../database.js';
import type { LagSample } from './lag.js';
import { type Pair, replayed, sent } from './replication.js';

export interface LagWatch {
  readonly samples: readonly LagSample[];
  stop(): Promise<void>;
}

export interface WatchOptions {
  readonly pair: Pair;
  readonly now: () => number;
  /** Ends it as `stop` does. */
  readonly signal: AbortSignal;
}

const everyMs = 25;

export function watchLag({ pair, now, signal }: WatchOptions): LagWatch {
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);
  const samples: LagSample[] = [];
  const primary = new Line(pair.primary);
  const replica = new Line(pair.replica);
  const look = async (): Promise<void> => {
    const [source, follower] = await Promise.all([primary.ask(sent), replica.ask(replayed)]);
    if (source === null || follower === null) return;
    const bytes = Math.max(0, source.flushed - follower);
    samples.push({ atMs: now(), bytes, senderPid: source.senderPid });
  };
  const watching = (async () => {
    while (!either.aborted) {
      await look();
      await wait(everyMs);
    }
    await Promise.all([primary.close(), replica.close()]);
  })();
  return {
    samples,
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}

/** A connection that is recreated when it broke. */
class Line {
  #connection: Connection | null = null;
  readonly #address: Address;

  constructor(address: Address) {
    this.#address = address;
  }

  /** Null when there is no answer. */
  async ask<T>(question: (connection: Connection) => Promise<T>): Promise<T | null> {
    try {
      this.#connection ??= await connectOnce(this.#address);
      return await question(this.#connection);
    } catch {
      await this.close();
      return null;
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    await connection?.end().catch(() => undefined);
  }
}
