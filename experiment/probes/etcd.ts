/** etcd by its HTTP gateway: a read of a key that goes through the quorum, as a client's does. */
import { valueAt } from '../../core/json.js';
import type { EtcdSubject } from '../file/probe-kinds.js';
import type { Ask } from './answer.js';
import { askedExchange } from './http-exchange.js';

export const askEtcd: Ask<EtcdSubject> = async ({ url, key, ...access }, asking) => {
  const { status, json } = await askedExchange(
    {
      ...access,
      url: new URL('/v3/kv/range', url).href,
      method: 'POST',
      body: JSON.stringify({ key: Buffer.from(key).toString('base64') }),
    },
    asking,
  );
  const said = valueAt(json, ['message']) ?? valueAt(json, ['error']);
  if (status !== 200)
    return { kind: 'failed', seen: `status ${status}${typeof said === 'string' ? `: ${said}` : ''}` };
  const value = valueAt(json, ['kvs', 0, 'value']);
  const text = typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : null;
  return {
    kind: 'values',
    values: { value: text, revision: BigInt(Number(valueAt(json, ['header', 'revision']) ?? 0)) },
    seen: `a read through the quorum, at revision ${valueAt(json, ['header', 'revision'])}`,
  };
};
