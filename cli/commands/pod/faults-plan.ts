/** What container havock8s-faults is asked to do, checked before anything starts; every problem is told at once. */

import type { Level } from '../../../sidecar/supervise/log-line.js';
import type { FaultsConfig } from '../../../sidecar/supervise/pod/faults-config.js';
import type { InterceptionRequest } from '../../../sidecar/tcp/tcp-config.js';
import { BadInput, type InputProblem } from '../../bad-input.js';
import { readAddresses, readPorts } from '../../network-lists.js';
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
}

/** Throws `BadInput`. */
export function readFaultsPlan(flags: FaultsFlags): FaultsConfig {
  const problems: InputProblem[] = [];
  const volumes = readVolumes(flags.volume ?? [], problems);
  const interception = readInterception(flags, problems);
  if (volumes.length === 0 && interception === null)
    problems.push({ subject: 'faults', message: whatIsExpected });
  const seed = readSeed(flags.seed, problems);
  if (problems.length > 0) throw new BadInput(problems);
  const { root, logLevel, openControl = false } = flags;
  return { root, volumes, interception, logLevel, seed, openControl };
}

const whatIsExpected = `expected something to fault: --volume ${volumeSyntax}, --inbound PORT,... or --outbound PORT,...`;

function readInterception(flags: FaultsFlags, problems: InputProblem[]): InterceptionRequest | null {
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
  return {
    inboundPorts: readPorts('--inbound', inbound, problems),
    outboundPorts: readPorts('--outbound', outbound, problems),
    nodeAddresses,
  };
}
