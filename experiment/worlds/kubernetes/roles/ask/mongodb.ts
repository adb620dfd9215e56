/** MongoDB says its role to everybody, without an account: `hello`, as every driver asks it. */
import { isObject, type Json } from '../../../../../core/json.js';
import type { PodRole } from '../role.js';
import { type AskRole, type DatabaseAddress, said, saidNone, saidOther } from './address.js';
import { mongodbCommand } from './mongodb-wire.js';

export const askMongodb: AskRole = async (at, signal) => mongodbRole(await mongodbHello(at, signal));

/** Rejects where it is no answer. */
export async function mongodbHello(at: DatabaseAddress, signal: AbortSignal): Promise<Json> {
  const answer = await mongodbCommand(at, { command: { hello: 1, $db: 'admin' }, signal });
  if (!isObject(answer)) throw new Error('MongoDB answered with no document');
  if (answer['ok'] !== 1) throw new Error(`MongoDB answered: ${String(answer['errmsg'] ?? 'not ok')}`);
  return answer;
}

export function mongodbRole(hello: Json): PodRole {
  const set = typeof hello['setName'] === 'string' ? ` of ${hello['setName']}` : '';
  if (hello['msg'] === 'isdbgrid') return saidOther('a mongos, which routes');
  if (hello['arbiterOnly'] === true) return saidOther(`an arbiter${set}, which votes and has no data`);
  if (hello['isWritablePrimary'] === true)
    return said('primary', `isWritablePrimary${set}`, { writable: true });
  if (hello['secondary'] === true)
    return said('replica', `secondary${set}; the primary is ${String(hello['primary'] ?? 'unknown')}`, {
      writable: false,
    });
  return saidNone(`neither primary nor secondary${set}: it starts, recovers or was removed`);
}
