/** What this fault proxy cannot do where it is, and what to do instead. */
import type { Fault, TcpFault } from '../../faults/fault.js';
import { needsController } from '../../faults/values/peer.js';
import { ruleOf } from './effects/effect-rules.js';

/** What is proxied, and how. */
export interface Proxied {
  readonly forwards: readonly { readonly port: number }[];
  readonly interception: {
    readonly inboundPorts: readonly number[];
    readonly outboundPorts: readonly number[];
  } | null;
}

/** Null when it can. */
export function refusalOf(fault: Fault, config: Proxied): string | null {
  if (fault.plane !== 'tcp') return `the TCP proxy does not apply disk ${fault.effect.kind}`;
  return needsController(fault.match) ?? packetRefusal(fault, config) ?? portRefusal(fault, config);
}

function packetRefusal({ effect }: TcpFault, { interception }: Proxied): string | null {
  const rule = ruleOf(effect);
  if (interception !== null || rule.on !== 'packets') return null;
  return `tcp ${effect.kind} drops packets, for which havock8s must intercept them (--inbound, --outbound); a forwarded port can have ${rule.instead}`;
}

/** A port that nobody proxies would never be hit. */
function portRefusal({ effect, match }: TcpFault, { forwards, interception }: Proxied): string | null {
  if (ruleOf(effect).on === 'packets') return null;
  const proxied = [
    ...forwards.map(({ port }) => port),
    ...(interception?.inboundPorts ?? []),
    ...(interception?.outboundPorts ?? []),
  ];
  const stray = match.ports?.find((port) => !proxied.includes(port));
  if (stray === undefined) return null;
  return `port ${stray} is not proxied here; proxied are ${[...new Set(proxied)].join(', ')}`;
}
