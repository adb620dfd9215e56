/** A web server or an API, asked as a client asks it. */
import type { HttpSubject } from '../file/probe-kinds.js';
import type { Ask } from './answer.js';
import { askedExchange } from './http-exchange.js';

export const askHttp: Ask<HttpSubject> = async (subject, asking) => {
  const { status, headers, body, json } = await askedExchange(subject, asking);
  return {
    kind: 'values',
    values: { status: BigInt(status), headers, body, json },
    seen: `status ${status}`,
  };
};
