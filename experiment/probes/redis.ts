/** Redis, Valkey and what speaks like them, by a connection of its own and one command. */
import type { RedisSubject } from '../file/probe-kinds.js';
import { cutterOf, redisClient } from '../ledger/databases/redis-client.js';
import { type Ask, ended } from './answer.js';
import { seenValue } from './rows.js';

export const askRedis: Ask<RedisSubject> = async ({ url, passwordFrom, command }, { signal, secret }) => {
  const { createClient, ErrorReply, SocketClosedUnexpectedlyError } = await import('@redis/client');
  const client = createClient({
    url,
    ...(passwordFrom !== undefined && { password: await secret(passwordFrom) }),
    ...redisClient,
    socket: { reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  const cut = cutterOf(client);
  signal.throwIfAborted();
  signal.addEventListener('abort', cut);
  try {
    await client.connect();
    const value: unknown = await client.sendCommand([...command]);
    const number = typeof value === 'number' ? BigInt(value) : value;
    return { kind: 'values', values: { value: number }, seen: seenValue(value) };
  } catch (error) {
    if (error instanceof SocketClosedUnexpectedlyError) return ended('Redis');
    if (!(error instanceof ErrorReply)) throw error;
    return { kind: 'failed', seen: error.message };
  } finally {
    signal.removeEventListener('abort', cut);
    cut();
  }
};
