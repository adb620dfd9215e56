/** Redis, Valkey and what speaks like them, by a connection of its own and one command. */
import type { RedisSubject } from '../file/probe-kinds.js';
import { secretOf } from '../secret.js';
import type { Ask } from './answer.js';

export const askRedis: Ask<RedisSubject> = async ({ url, passwordFrom, command }, { signal }) => {
  const { createClient, ErrorReply } = await import('@redis/client');
  const client = createClient({
    url,
    ...(passwordFrom !== undefined && { password: secretOf(passwordFrom) }),
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  const cut = (): void => client.destroy();
  signal.addEventListener('abort', cut);
  try {
    await client.connect();
    const value: unknown = await client.sendCommand([...command]);
    const number = typeof value === 'number' ? BigInt(value) : value;
    const seen = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return { kind: 'values', values: { value: number }, seen: `answer ${seen.slice(0, 200)}` };
  } catch (error) {
    if (!(error instanceof ErrorReply)) throw error;
    return { kind: 'failed', seen: error.message };
  } finally {
    signal.removeEventListener('abort', cut);
    if (client.isOpen) cut();
  }
};
