/**
 * Redis, Valkey and what speaks like them: an entry is an element of a list, one RPUSH each, so that a write that arrives
 * twice is there twice. A list holds a few dozen numbers, so that reading one number back stays cheap.
 */
import type * as driver from '@redis/client';
import { bounded } from '../bounded.js';
import type { Entry } from '../entry.js';
import type { Answer, Connection, ConnectOptions, Database, Registers } from './database.js';
import { cutterOf, redisClient } from './redis-client.js';
import { urlProblem } from './url-problem.js';

const perList = 50;
const scanned = '1000';

/** What the server answers in place of doing it. Anything else may come from a proxy, after it was done. */
const refusals: ReadonlySet<string> = new Set([
  'ASK',
  'BUSY',
  'CLUSTERDOWN',
  'DENIED',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'MOVED',
  'NOAUTH',
  'NOPERM',
  'NOREPLICAS',
  'OOM',
  'READONLY',
  'TRYAGAIN',
  'WRONGTYPE',
]);

const acknowledged = { kind: 'acknowledged' } as const;

export const redis: Database = {
  urlProblem: (url) => urlProblem(url, { schemes: ['redis', 'rediss'], example: 'redis://db:6379' }),
  connect: async (options) => {
    const { target, timeoutMs, clock } = options;
    const { createClient, ErrorReply } = await import('@redis/client');
    const client: RedisClient = createClient({
      url: target.url,
      ...(target.password !== undefined && { password: target.password }),
      ...redisClient,
      socket: { connectTimeout: timeoutMs, reconnectStrategy: false },
    });
    // A connection that breaks while nobody waits: the next command says so.
    client.on('error', () => undefined);
    const cut = cutterOf(client);
    try {
      await bounded(client.connect(), { ms: timeoutMs, clock, who: 'Redis' });
    } catch (error) {
      cut();
      throw error;
    }
    return new RedisConnection(client, options, ErrorReply);
  },
};

type RedisClient = driver.RedisClientType<driver.RedisModules, driver.RedisFunctions, driver.RedisScripts, 2>;

/** As one step: no other client comes between. */
const compareAndSet = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

class RedisConnection implements Connection {
  readonly registers: Registers = {
    read: async (name) => {
      const value = await this.#command('GET', this.#key(name));
      return value === null ? null : String(value);
    },
    write: (name, value) => this.#change(['SET', this.#key(name), value], () => acknowledged),
    compareAndSet: (name, expected, value) =>
      this.#change(['EVAL', compareAndSet, '1', this.#key(name), expected, value], (answer) =>
        answer === 1 ? acknowledged : { kind: 'kept' },
      ),
  };
  readonly #client: RedisClient;
  readonly #options: ConnectOptions;
  readonly #errorReply: typeof driver.ErrorReply;

  constructor(client: RedisClient, options: ConnectOptions, errorReply: typeof driver.ErrorReply) {
    this.#client = client;
    this.#options = options;
    this.#errorReply = errorReply;
  }

  /** Nothing is to be made. Whether this user may write is seen now, not at the first entry. */
  async prepare(): Promise<void> {
    await this.#command('SET', this.#key('begun'), '1');
  }

  write({ number, value }: Entry): Promise<Answer> {
    return this.#change(['RPUSH', this.#listOf(number), value], () => acknowledged);
  }

  async #change<Told>(
    words: readonly string[],
    told: (answer: unknown) => Told,
  ): Promise<Told | Extract<Answer, { readonly kind: 'refused' }>> {
    try {
      return told(await this.#command(...words));
    } catch (error) {
      if (!(error instanceof this.#errorReply && refusals.has(error.message.split(' ')[0] ?? '')))
        throw error;
      return { kind: 'refused', why: error.message };
    }
  }

  async read(number: number): Promise<readonly string[]> {
    const values = await this.#list(this.#listOf(number));
    return values.filter((value) => numberOf(value) === number);
  }

  /** Until an empty list, and at least as far as the numbers are known. */
  async *readAll(highest: number): AsyncGenerator<readonly Entry[]> {
    for (let first = 1; ; first += perList) {
      const values = await this.#list(this.#listOf(first));
      if (values.length > 0) yield values.map((value) => ({ number: numberOf(value), value }));
      else if (first > highest) return;
    }
  }

  async remove(): Promise<void> {
    let cursor = '0';
    do {
      const found = await this.#command(
        'SCAN',
        cursor,
        'MATCH',
        `${this.#options.space}:*`,
        'COUNT',
        scanned,
      );
      const [next, keys] = Array.isArray(found) ? found : [];
      if (Array.isArray(keys) && keys.length > 0) await this.#command('UNLINK', ...keys.map(String));
      cursor = String(next ?? '0');
    } while (cursor !== '0');
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }

  #key(rest: string): string {
    return `${this.#options.space}:${rest}`;
  }

  #listOf(number: number): string {
    return this.#key(String(Math.floor((number - 1) / perList)));
  }

  async #list(key: string): Promise<readonly string[]> {
    const values = await this.#command('LRANGE', key, '0', '-1');
    if (!Array.isArray(values)) throw new TypeError(`Redis answered LRANGE with ${typeof values}`);
    return values.map(String);
  }

  #command(...words: readonly string[]): Promise<unknown> {
    const { timeoutMs: ms, clock } = this.#options;
    return bounded(this.#client.sendCommand<unknown>(words), { ms, clock, who: 'Redis' });
  }
}

/** A value begins with its number; 0 where it does not any more. */
const numberOf = (value: string): number => Number(/^\d{1,9}(?= )/.exec(value)?.[0] ?? 0);
