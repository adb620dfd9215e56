/**
 * etcd, through its own JSON gateway: an entry is a key, one put each. A write that arrives twice leaves the version of the
 * key at two. All reads are linearizable: a member that knows no leader answers none.
 */
import * as z from 'zod';
import { jsonOf } from '../../../core/json.js';
import { bounded } from '../bounded.js';
import type { Entry } from '../entry.js';
import type { Answer, Connection, ConnectOptions, Database, Registers } from './database.js';
import { urlProblem } from './url-problem.js';

const pageKeys = 500;
/** Of one entry that is there more than once. */
const mostCopies = 100;

/** Codes of gRPC with which etcd says no before anything is done: bad argument, forbidden, full, no such state, unknown user. */
const refusals: ReadonlySet<number> = new Set([3, 7, 8, 9, 16]);

const base64 = z.base64().transform((text) => Buffer.from(text, 'base64').toString());
const failure = z.object({ code: z.number(), message: z.string() });
const put = z.object({ header: z.object({ revision: z.string() }) });
const range = z.object({
  header: z.object({ revision: z.string() }),
  kvs: z.array(z.object({ key: base64, value: base64.default(''), version: z.coerce.number() })).default([]),
  more: z.boolean().default(false),
});
const transaction = z.object({
  header: z.object({ revision: z.string() }),
  succeeded: z.boolean().default(false),
});
const token = z.object({ token: z.string() });

export const etcd: Database = {
  urlProblem: (url) => urlProblem(url, { schemes: ['http', 'https'], example: 'http://etcd:2379' }),
  connect: async (options) => {
    const connection = new EtcdConnection(options);
    await connection.open();
    return connection;
  },
};

class EtcdError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

class EtcdConnection implements Connection {
  readonly registers: Registers = {
    read: async (name) => (await this.#range({ key: this.#key(name) })).kvs[0]?.value ?? null,
    write: (name, value) => this.#put(name, value),
    compareAndSet: async (name, expected, value) => {
      const key = encoded(this.#key(name));
      const same = { key, target: 'VALUE', result: 'EQUAL', value: encoded(expected) };
      const change = { requestPut: { key, value: encoded(value) } };
      const answer = await this.#change('kv/txn', { compare: [same], success: [change] }, transaction);
      if ('kind' in answer) return answer;
      return answer.succeeded ? { kind: 'acknowledged' } : { kind: 'kept' };
    },
  };
  readonly #options: ConnectOptions;
  readonly #closing = new AbortController();
  #token: string | null = null;

  constructor(options: ConnectOptions) {
    this.#options = options;
  }

  /** Asks for anything at all: a connection is made for each request, or kept by Node.js. */
  async open(): Promise<void> {
    const { url, password } = this.#options.target;
    const { username } = new URL(url);
    if (password !== undefined) {
      const who = { name: decodeURIComponent(username), password };
      this.#token = (await this.#ask('auth/authenticate', who, token)).token;
    }
    await this.#range({ key: this.#key('begun') });
  }

  /** Nothing is to be made. Whether this user may write is seen now, not at the first entry. */
  async prepare(): Promise<void> {
    await this.#ask('kv/put', { key: encoded(this.#key('begun')), value: encoded('1') }, put);
  }

  write({ number, value }: Entry): Promise<Answer> {
    return this.#put(nameOf(number), value);
  }

  async read(number: number): Promise<readonly string[]> {
    const { kvs } = await this.#range({ key: this.#key(nameOf(number)) });
    return kvs.map(({ value }) => value);
  }

  /** Pages of one revision: all as of one moment. */
  async *readAll(): AsyncGenerator<readonly Entry[]> {
    const prefix = this.#key(entries);
    const end = this.#key(afterEntries);
    let revision: string | undefined;
    for (let key = prefix; ; ) {
      const page = await this.#range({ key, end, revision });
      revision ??= page.header.revision;
      yield page.kvs.flatMap(({ key: name, value, version }) =>
        Array.from({ length: Math.min(version, mostCopies) }, () => ({
          number: Number(name.slice(prefix.length)),
          value,
        })),
      );
      const last = page.kvs.at(-1);
      if (!page.more || last === undefined) return;
      key = `${last.key}\0`;
    }
  }

  async remove(): Promise<void> {
    const [key, end] = [this.#key(''), `${this.#options.space}0`];
    await this.#ask('kv/deleterange', { key: encoded(key), range_end: encoded(end) }, put);
  }

  close(): void {
    this.#closing.abort();
  }

  #key(name: string): string {
    return `${this.#options.space}/${name}`;
  }

  async #put(name: string, value: string): Promise<Answer> {
    const body = { key: encoded(this.#key(name)), value: encoded(value) };
    const answer = await this.#change('kv/put', body, put);
    return 'kind' in answer ? answer : { kind: 'acknowledged' };
  }

  #range({
    key,
    end,
    revision,
  }: {
    readonly key: string;
    readonly end?: string;
    readonly revision?: string | undefined;
  }): Promise<z.infer<typeof range>> {
    const bounds = end === undefined ? {} : { range_end: encoded(end), limit: String(pageKeys) };
    return this.#ask('kv/range', { key: encoded(key), ...bounds, ...(revision && { revision }) }, range);
  }

  async #change<T extends object>(
    path: string,
    body: unknown,
    answer: z.ZodType<T>,
  ): Promise<T | Extract<Answer, { readonly kind: 'refused' }>> {
    try {
      return await this.#ask(path, body, answer);
    } catch (error) {
      if (!(error instanceof EtcdError && refusals.has(error.code))) throw error;
      return { kind: 'refused', why: error.message };
    }
  }

  #ask<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T> {
    const { timeoutMs: ms, clock } = this.#options;
    return bounded(this.#exchange(path, body, answer), { ms, clock, who: 'etcd' });
  }

  async #exchange<T>(path: string, body: unknown, answer: z.ZodType<T>): Promise<T> {
    const { origin } = new URL(this.#options.target.url);
    const response = await fetch(`${origin}/v3/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.#token && { authorization: this.#token }) },
      body: JSON.stringify(body),
      signal: this.#closing.signal,
    }).catch((error: unknown) => {
      // `fetch failed` alone says nothing.
      throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
    });
    const text = await response.text();
    if (response.ok) return answer.parse(JSON.parse(text));
    const said = failure.safeParse(jsonOf(text));
    if (said.success) throw new EtcdError(said.data.code, said.data.message);
    throw new Error(`HTTP ${response.status}: what answers is no etcd`);
  }
}

const entries = 'entries/';
/** `0` comes right after `/`. */
const afterEntries = 'entries0';

/** Padded, so that keys stand in the order of numbers. */
const nameOf = (number: number): string => `${entries}${String(number).padStart(8, '0')}`;

const encoded = (text: string): string => Buffer.from(text).toString('base64');
