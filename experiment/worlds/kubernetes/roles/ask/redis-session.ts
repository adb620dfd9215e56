/** One connection to a Redis, Valkey or Sentinel, for as long as its questions take. */
import { cutterOf, redisClient } from '../../../../ledger/databases/redis-client.js';
import { type DatabaseAddress, tlsOptions } from './address.js';

/** Rejects with a RedisRefusal where the server says no. */
export type SendRedis = (...words: readonly string[]) => Promise<unknown>;

/** The server's own no. Its code is the first word: `NOAUTH`, `LOADING`. */
export class RedisRefusal extends Error {
  get code(): string {
    return this.message.split(' ', 1)[0] ?? '';
  }
}

export interface RedisSession<T> {
  readonly signal: AbortSignal;
  readonly questions: (send: SendRedis) => Promise<T>;
}

export async function withRedis<T>(at: DatabaseAddress, { signal, questions }: RedisSession<T>): Promise<T> {
  const { createClient, ErrorReply } = await import('@redis/client');
  const client = createClient({
    ...(at.user !== null && { username: at.user }),
    ...(at.password !== null && { password: at.password }),
    ...redisClient,
    socket: {
      host: at.host,
      port: at.port,
      reconnectStrategy: false,
      ...(at.tls !== null && { tls: true, ...tlsOptions(at.tls) }),
    },
  });
  client.on('error', () => undefined);
  const cut = cutterOf(client);
  signal.throwIfAborted();
  signal.addEventListener('abort', cut);
  const refusal = (error: unknown): never => {
    throw error instanceof ErrorReply ? new RedisRefusal(error.message) : error;
  };
  try {
    await client.connect().catch(refusal);
    return await questions((...words) => client.sendCommand([...words]).catch(refusal));
  } finally {
    signal.removeEventListener('abort', cut);
    cut();
  }
}
