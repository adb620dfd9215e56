/** What container havock8s-faults is asked to do, checked before anything starts; every problem is told at once. */

import type { PodName } from '../../../sidecar/control/status.js';
import type { Level } from '../../../sidecar/supervise/log-line.js';
import type { FaultsConfig } from '../../../sidecar/supervise/pod/faults-config.js';
import type { InterceptionRequest } from '../../../sidecar/tcp/tcp-config.js';
import { BadInput, type InputProblem } from '../../bad-input.js';
import { readAddresses, readPort, readPorts } from '../../network-lists.js';
import { readSeed } from '../../seed-option.js';
import { mayAdministerNetwork } from '../local/capabilities.js';
import type { RootFlag } from './root-option.js';
import { readVolumes, volumeSyntax } from './volume-option.js';

export interface FaultsFlags extends RootFlag {
  readonly volume?: readonly string[];
  /** Lists; an empty one is as none. */
  readonly inbound?: string;
  readonly outbound?: string;
  readonly node?: string;
  readonly logLevel: Level;
  readonly seed?: string;
  readonly openControl?: boolean;
  readonly readOnlyPort?: string;
  readonly pod?: string;
}

/** Throws `BadInput`. */
export function readFaultsPlan(flags: FaultsFlags): FaultsConfig {
  const problems: InputProblem[] = [];
  const volumes = readVolumes(flags.volume ?? [], problems);
  const readOnlyPort = readPort('--read-only-port', flags.readOnlyPort, problems);
  const interception = readInterception(flags, readOnlyPort, problems);
  if (volumes.length === 0 && interception === null)
    problems.push({ subject: 'faults', message: whatIsExpected });
  const seed = readSeed(flags.seed, problems);
  const pod = readPodName(flags.pod, problems);
  if (problems.length > 0) throw new BadInput(problems);
  const { root, logLevel, openControl = false } = flags;
  return { root, volumes, interception, logLevel, seed, openControl, readOnlyPort, pod };
}

const whatIsExpected = `expected something to fault: --volume ${volumeSyntax}, --inbound PORT,... or --outbound PORT,...`;

/** As the webhook has it filled in. */
function readPodName(text: string | undefined, problems: InputProblem[]): PodName | null {
  if (text === undefined) return null;
  const [namespace, name, uid, ...rest] = text.split('/');
  if (namespace && name && uid && rest.length === 0) return { namespace, name, uid };
  problems.push({ subject: `--pod ${text}`, message: `expected ${podSyntax}` });
  return null;
}

export const podSyntax = 'NAMESPACE/NAME/UID';

function readInterception(
  flags: FaultsFlags,
  readOnlyPort: number | null,
  problems: InputProblem[],
): InterceptionRequest | null {
  const [inbound, outbound, node] = [flags.inbound, flags.outbound, flags.node].map(
    (list) => list || undefined,
  );
  const nodeAddresses = readAddresses(node, problems);
  if (inbound === undefined && outbound === undefined) return null;
  if (!mayAdministerNetwork()) {
    const subject = inbound === undefined ? '--outbound' : '--inbound';
    problems.push({
      subject,
      message: 'needs CAP_NET_ADMIN: add NET_ADMIN to the capabilities of the container',
    });
  }
  const inboundPorts = readPorts('--inbound', inbound, problems);
  if (readOnlyPort !== null && inboundPorts.includes(readOnlyPort))
    problems.push({
      subject: `--read-only-port ${readOnlyPort}`,
      message: 'is a port of --inbound; expected one that the app does not listen on',
    });
  return {
    inboundPorts,
    outboundPorts: readPorts('--outbound', outbound, problems),
    nodeAddresses,
    readOnlyPort,
  };
}
