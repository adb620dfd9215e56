/** Alerts that fire now, of Alertmanager: silenced and inhibited ones woke nobody. Who does not answer has said nothing. */
import { valueAt } from '../../core/json.js';
import type { AlertmanagerSubject } from '../file/probe-kinds.js';
import type { Ask } from './answer.js';
import { askedExchange, urlBelow } from './http-exchange.js';

const mostNamed = 5;

export const askAlertmanager: Ask<AlertmanagerSubject> = async ({ url, filter, ...access }, asking) => {
  const asked = urlBelow(url, 'api/v2/alerts');
  for (const [name, value] of [
    ['active', 'true'],
    ['silenced', 'false'],
    ['inhibited', 'false'],
  ] as const)
    asked.searchParams.set(name, value);
  for (const matcher of filter) asked.searchParams.append('filter', matcher);
  const { status, json } = await askedExchange({ ...access, url: asked.href }, asking);
  if (status !== 200 || !Array.isArray(json))
    return {
      kind: 'error',
      seen: `Alertmanager answered ${status}: ${typeof json === 'string' ? json : 'no list of alerts'}`,
    };
  const names = json.map((alert) => String(valueAt(alert, ['labels', 'alertname'])));
  const named = names.slice(0, mostNamed).join(', ');
  const seen =
    names.length === 0
      ? 'no alert fires'
      : `${names.length} firing: ${named}${names.length > mostNamed ? ', ...' : ''}`;
  return { kind: 'values', values: { firing: BigInt(names.length), names }, seen };
};
