/**
 * One number of Prometheus, by an instant query. Prometheus is who measures, not what is measured: where it does not
 * answer, or has no such number, nothing is known of the hypothesis.
 */
import { isObject, valueAt } from '../../core/json.js';
import type { PrometheusSubject } from '../file/probe-kinds.js';
import type { Answer, Ask } from './answer.js';
import { askedExchange, urlBelow } from './http-exchange.js';

export const askPrometheus: Ask<PrometheusSubject> = async ({ url, query, ...access }, asking) => {
  const asked = urlBelow(url, 'api/v1/query');
  asked.searchParams.set('query', query);
  const { status, json } = await askedExchange({ ...access, url: asked.href }, asking);
  if (status !== 200 || valueAt(json, ['status']) !== 'success')
    return {
      kind: 'error',
      seen: `Prometheus answered ${status}: ${valueAt(json, ['error']) ?? 'no JSON of Prometheus'}`,
    };
  return numberOf(valueAt(json, ['data']));
};

/** A scalar, or a vector of one series. */
function numberOf(data: unknown): Answer {
  const type = valueAt(data, ['resultType']);
  const result = valueAt(data, ['result']);
  if (!Array.isArray(result)) return { kind: 'error', seen: 'an answer without a result' };
  if (type === 'scalar') return finite(result[1]);
  if (type !== 'vector') return unclear(`the query gives a ${type}; expected one number`);
  if (result.length === 0) return unclear('the query gives no series');
  if (result.length > 1) return unclear(`the query gives ${result.length} series; expected one`);
  const [series] = result as readonly unknown[];
  return finite(isObject(series) ? valueAt(series, ['value', 1]) : undefined);
}

function finite(text: unknown): Answer {
  const value = Number(text);
  if (!Number.isFinite(value)) return unclear(`the value is ${text}`);
  return { kind: 'values', values: { value }, seen: `value ${value}` };
}

const unclear = (seen: string): Answer => ({ kind: 'unclear', seen });
