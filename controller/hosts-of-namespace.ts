/**
 * Hosts that an experiment names: one without a dot is a Service, or a name of one, in the namespace of the run, as it is for
 * every pod there. The controller lives in another.
 *
 *     postgres://app@pg:5432/app  ─►  postgres://app@pg.shop.svc:5432/app
 */
import { isObject } from '../core/json.js';

/** Of a spec as it is written; what is no text of the right form stays, for the reader to refuse. */
export function inNamespace(value: unknown, namespace: string): unknown {
  if (Array.isArray(value)) return value.map((one) => inNamespace(one, namespace));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => [field, fieldIn(field, inner, namespace)]),
  );
}

function fieldIn(field: string, value: unknown, namespace: string): unknown {
  if (field === 'url' && typeof value === 'string') return urlIn(value, namespace);
  if (field === 'address' && typeof value === 'string') return addressIn(value, namespace);
  if (field === 'readBackFrom' && Array.isArray(value))
    return value.map((one) => (typeof one === 'string' ? urlIn(one, namespace) : one));
  return inNamespace(value, namespace);
}

/** `scheme://user@HOST:port/path`. */
const urlIn = (url: string, namespace: string): string =>
  url.replace(
    /^([a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?)([^/?#:@[\]]+)/i,
    (_, before: string, host: string) => `${before}${hostIn(host, namespace)}`,
  );

const addressIn = (address: string, namespace: string): string =>
  address.replace(/^([^:[\]]+)(?=:\d+$)/, (host) => hostIn(host, namespace));

const hostIn = (host: string, namespace: string): string =>
  host.includes('.') || host === 'localhost' ? host : `${host}.${namespace}.svc`;
