/** Which address the control endpoint gets: the one asked for, or the usual one, or, where that is taken, any. */

import { type HostAndPort, readHostAndPort, writeHostAndPort } from '../../../core/host-and-port.js';
import { bindError } from '../../../sidecar/control/bind-error.js';
import type { InputProblem } from '../../bad-input.js';
import { defaultControl } from '../../client/control-url.js';

export type ControlPort =
  | { readonly kind: 'address'; readonly address: HostAndPort }
  | { readonly kind: 'problem'; readonly problem: InputProblem };

export async function controlPort(option: string | undefined): Promise<ControlPort> {
  if (option === undefined) {
    const isFree = (await bindError(defaultControl)) === null;
    return { kind: 'address', address: isFree ? defaultControl : { host: defaultControl.host, port: 0 } };
  }
  const address = readHostAndPort(option);
  if (address === undefined)
    return refused(option, `expected HOST:PORT, as ${writeHostAndPort(defaultControl)}`);
  if (!isLoopback(address.host))
    return refused(option, 'only the loopback will do: the endpoint has no credentials');
  const error = await bindError(address);
  if (error === 'EADDRINUSE')
    return refused(option, 'something else listens there; port 0 takes any free one');
  return error === null ? { kind: 'address', address } : refused(option, `cannot listen there (${error})`);
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function refused(option: string, message: string): ControlPort {
  return { kind: 'problem', problem: { subject: `--control ${option}`, message } };
}
