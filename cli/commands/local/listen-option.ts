/**
 * What `--listen` says, before anybody looks whether the port is free:
 *
 *     [HOST:]PORT=HOST:PORT        6432=127.0.0.1:5432
 */

import { readHostAndPort } from '../../../core/host-and-port.js';
import { readAddress, writeAddress } from '../../../faults/values/address.js';
import type { ForwardRequest } from '../../../sidecar/tcp/tcp-config.js';
import type { InputProblem } from '../../bad-input.js';

export const listenSyntax = '[HOST:]PORT=HOST:PORT';

export type ReadListen =
  | { readonly kind: 'forward'; readonly forward: ForwardRequest }
  | { readonly kind: 'problem'; readonly problem: InputProblem };

/** Without HOST it listens on the loopback: whoever wants to be reached from elsewhere says so. */
export function readListenOption(text: string): ReadListen {
  const [here = '', there, ...more] = text.split('=');
  if (there === undefined || more.length > 0) return refused(text, `expected ${listenSyntax}`);
  const local = /^\d+$/.test(here) ? readHostAndPort(`127.0.0.1:${here}`) : readHostAndPort(here);
  const upstream = readHostAndPort(there);
  if (local === undefined || local.port === 0)
    return refused(text, `"${here}" is not a [HOST:]PORT with a port of 1 to 65535`);
  if (upstream === undefined || upstream.port === 0)
    return refused(text, `"${there}" is not a HOST:PORT with a port of 1 to 65535`);
  const host = addressOf(local.host);
  if (host === null)
    return refused(text, `"${local.host}" is not an address to listen at, as 127.0.0.1 or [::1]`);
  return { kind: 'forward', forward: { host, port: local.port, upstream } };
}

function addressOf(host: string): string | null {
  if (host === 'localhost') return '127.0.0.1';
  const bytes = readAddress(host);
  return bytes === null ? null : writeAddress(bytes);
}

function refused(text: string, message: string): ReadListen {
  return { kind: 'problem', problem: { subject: `--listen ${text}`, message } };
}
