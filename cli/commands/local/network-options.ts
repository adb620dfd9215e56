/** What `havock8s local` is to do with the network, checked: ports forwarded, and ports intercepted. */

import { type HostAndPort, writeHostAndPort } from '../../../core/host-and-port.js';
import { bindError } from '../../../sidecar/control/bind-error.js';
import type { ForwardRequest, InterceptionRequest } from '../../../sidecar/tcp/tcp-config.js';
import type { InputProblem } from '../../bad-input.js';
import { readAddresses, readPorts } from '../../network-lists.js';
import { mayAdministerNetwork } from './capabilities.js';
import { readListenOption } from './listen-option.js';

export interface NetworkFlags {
  readonly listen?: readonly string[];
  readonly inbound?: string;
  readonly outbound?: string;
  readonly node?: string;
}

export interface NetworkPlan {
  readonly forwards: readonly ForwardRequest[];
  readonly interception: InterceptionRequest | null;
}

/** Problems are added to `problems`. */
export async function readNetwork(flags: NetworkFlags, problems: InputProblem[]): Promise<NetworkPlan> {
  const forwards = readForwards(flags.listen ?? [], problems);
  for (const [index, forward] of forwards.entries()) {
    problems.push(...(await problemsOf(forward, forwards.slice(0, index))));
  }
  return { forwards, interception: readInterception(flags, problems) };
}

function readForwards(options: readonly string[], problems: InputProblem[]): readonly ForwardRequest[] {
  const read = options.map(readListenOption);
  problems.push(...read.flatMap((one) => (one.kind === 'problem' ? [one.problem] : [])));
  return read.flatMap((one) => (one.kind === 'forward' ? [one.forward] : []));
}

async function problemsOf(
  forward: ForwardRequest,
  earlier: readonly ForwardRequest[],
): Promise<readonly InputProblem[]> {
  const subject = `--listen ${writeHostAndPort(forward)}`;
  if (earlier.some((other) => isSame(other, forward))) return [{ subject, message: 'given twice' }];
  if (isSame(forward, forward.upstream)) return [{ subject, message: 'would lead to itself' }];
  const error = await bindError(forward);
  if (error === null) return [];
  const message = error === 'EADDRINUSE' ? 'something else listens there' : `cannot listen there (${error})`;
  return [{ subject, message }];
}

const isSame = (one: HostAndPort, other: HostAndPort): boolean =>
  one.host === other.host && one.port === other.port;

function readInterception(
  { inbound, outbound, node }: NetworkFlags,
  problems: InputProblem[],
): InterceptionRequest | null {
  if (inbound === undefined && outbound === undefined) {
    if (node !== undefined)
      problems.push({ subject: '--node', message: 'goes with --inbound or --outbound' });
    return null;
  }
  if (!mayAdministerNetwork()) {
    problems.push({
      subject: inbound === undefined ? '--outbound' : '--inbound',
      message: 'needs CAP_NET_ADMIN in this network namespace; --listen needs nothing',
    });
  }
  return {
    inboundPorts: readPorts('--inbound', inbound, problems),
    outboundPorts: readPorts('--outbound', outbound, problems),
    nodeAddresses: readAddresses(node, problems),
    readOnlyPort: null,
  };
}
