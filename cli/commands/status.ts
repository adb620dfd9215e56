/** `havock8s status`: is the sidecar well, and what does it serve; or how a cluster is, or one experiment of it. */
import { Command } from 'commander';
import { printable } from '../../core/printable.js';
import { isNearlyFull } from '../../sidecar/tcp/netfilter/conntrack.js';
import { BadInput } from '../bad-input.js';
import type { ShownMount, ShownStatus, ShownTcp } from '../client/answers.js';
import {
  addOptions,
  isOfCluster,
  type PodsFlags,
  placesHelp,
  podsOptions,
} from '../cluster/cluster-flags.js';
import { type ControlFlags, clientOf, consoleOf, controlOption } from '../command-options.js';
import { printJson } from '../terminal/console.js';
import { timeLeft } from '../terminal/time-left.js';
import { padTo } from '../terminal/width.js';

export function statusCommand(): Command {
  const command = new Command('status')
    .summary('show what the sidecar serves and how it is')
    .description(
      'Shows the mounts and ports, the processes, the kernel features in use, and whether faults can be armed. In a cluster: what is stopped, armed, going on; with a NAME how that experiment is.',
    )
    .argument('[name]', 'an experiment of a cluster')
    .addOption(controlOption());
  return addOptions(command, podsOptions())
    .addHelpText('after', examples)
    .action(async (name: string | undefined, flags: ControlFlags & PodsFlags, command: Command) => {
      const console = consoleOf(command);
      const isCluster = isOfCluster(flags, command, { NAME: name !== undefined });
      if (name !== undefined) {
        checkOne(flags);
        const { showRun } = await import('../cluster/experiments/show-run.js');
        return await showRun(name, flags, console);
      }
      if (isCluster) {
        const { clusterStatus } = await import('../cluster/cluster-status.js');
        return await clusterStatus(flags, console);
      }
      const status = await clientOf(flags, console).status();
      if (console.json) return printJson(console.out, status);
      for (const [title, text] of statusRows(status)) {
        console.out.line(`${console.out.ink.dim(padTo(title, titleWidth))}${printable(text)}`);
      }
    });
}

/** Throws `BadInput` for what picks many. */
function checkOne({ allNamespaces, selector }: PodsFlags): void {
  const message = 'it does not go with NAME, which is one experiment';
  const given = { '--all-namespaces': allNamespaces === true, '--selector': selector !== undefined };
  const problems = Object.entries(given).flatMap(([subject, is]) => (is ? [{ subject, message }] : []));
  if (problems.length > 0) throw new BadInput(problems);
}

/** Of the longest, and what keeps it from its text. */
const titleWidth = 'intercepts'.length + 2;

type Row = readonly [title: string, text: string];

function statusRows({
  version,
  ready,
  notReady,
  pids,
  uptimeMs,
  restarts,
  plan,
  disk,
  tcp,
  kernel,
  node,
}: ShownStatus): readonly Row[] {
  const stopped = plan.disarmedBy ?? disk?.disarmedBy ?? tcp?.disarmedBy ?? null;
  return [
    [
      'sidecar',
      `${version}, ${ready ? 'ready' : `not ready: ${notReady ?? 'no reason given'}`}, up ${timeLeft(uptimeMs)}`,
    ],
    [
      'processes',
      `fault proxy ${pids.faultProxy}, holder ${pids.holder ?? 'none'}, fault proxy restarted ${times(restarts)}`,
    ],
    ['faults', `${plan.armed} armed of ${plan.listed} listed`],
    ['dice', dice(plan)],
    ...(stopped === null ? [] : [['stopped', `everything was disarmed for good: ${stopped}`] as const]),
    ...(disk === null ? [] : disk.mounts.flatMap(mountRows)),
    ...(disk === null ? [] : [['waiting', waiting(disk)] as const]),
    ...(disk === null || disk.exhausted === 0
      ? []
      : [['', outOfDescriptors(disk.exhausted, 'files')] as const]),
    ...(tcp === null ? [] : tcpRows(tcp)),
    ['runs on', `Linux ${kernel}, Node ${node}`],
  ];
}

function mountRows({
  volume,
  backing,
  mountpoint,
  readOnly,
  protocol,
  resend,
  features,
}: ShownMount): readonly Row[] {
  const access = readOnly ? ', read-only' : '';
  return [
    ['volume', `${volume}: ${mountpoint} serves ${backing}${access}`],
    ['', `FUSE ${protocol}, ${resend ? 'RESEND' : 'no RESEND'}; ${features.join(' ')}`],
  ];
}

function tcpRows(tcp: ShownTcp): readonly Row[] {
  const { forwards, interception, open, accepted, upstreamFailures, resets, exhausted } = tcp;
  return [
    ...forwards.map(({ listen, upstream }) => ['forward', `${listen} leads on to ${upstream}`] as const),
    ...(interception === null ? [] : interceptionRows(interception)),
    ['tcp', `${open} connections open of ${accepted}, ${upstreamFailures} not answered, ${resets} reset`],
    ...(exhausted === 0 ? [] : [['', outOfDescriptors(exhausted, 'connections')] as const]),
  ];
}

function interceptionRows(interception: NonNullable<ShownTcp['interception']>): readonly Row[] {
  const { inboundPorts, outboundPorts, node, mended, conntrack } = interception;
  const isFull = conntrack !== null && isNearlyFull(conntrack);
  return [
    [
      'intercepts',
      `in: ${inboundPorts.join(', ') || 'nothing'}; out: ${outboundPorts.join(', ') || 'nothing'}`,
    ],
    ['', `spared as the node: ${node.join(', ') || 'nobody'}; rules mended ${times(mended)}`],
    ...(isFull
      ? [['', `the connection table is full: ${conntrack.entries} of ${conntrack.most}`] as const]
      : []),
  ];
}

const outOfDescriptors = (count: number, what: string): string =>
  `${count} ${what} refused, out of descriptors: raise the limit (ulimit -n)`;

function waiting({ parked, parkedOverflows }: NonNullable<ShownStatus['disk']>): string {
  const overflow = parkedOverflows === 0 ? '' : `; ${parkedOverflows} let through because too many waited`;
  return `${parked} operations${overflow}`;
}

/** By chance: `--seed` with it rolls the same again. */
const dice = ({ seed, seedGiven }: ShownStatus['plan']): string =>
  seedGiven ? `seed ${seed}, given by --seed` : `seed ${seed}, taken by chance; again with --seed ${seed}`;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

const examples = `
Examples:
  havock8s status
  havock8s status -o json | jq .disk.mounts
  kubectl havock8s status -A
  kubectl havock8s status slow-wal -n shop
${placesHelp}`;
