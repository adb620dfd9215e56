/**
 * The holder: mounts, gives the fault proxy what outlives it, unmounts. It must not die, so it does nothing else:
 * no port, no file of anybody's, no parsing but of its own messages of a few words.
 *
 *     argv: {"socket": PATH, "mounts": [{"volume", "mountpoint", "source", "flags"}], "onDemand": [{"volume", ...}]}
 *     stdout: one line of JSON when `mounts` are mounted and the socket listens, {"event", "pid", "made": [OwnMount]};
 *     then nothing until the end
 */

import { codeOf, messageOf } from '../../core/havoc-error.js';
import { hideFromOthers } from '../linux/dumpable.js';
import { libc } from '../linux/libc.js';
import { socketState } from '../linux/packet-socket.js';
import { onAskedToEnd } from '../supervise/asked-to-end.js';
import { closePath } from './closed-path.js';
import { isConnected } from './connection.js';
import { deviceKey } from './fd-keys.js';
import { type Holding, holdDescriptors } from './hold-descriptors.js';
import { KeptDescriptors } from './kept-descriptors.js';
import { isServed, layersAt, type OwnMount } from './mount-identity.js';
import { type MountRequest, mountVolume, unmountOwn } from './mount-volume.js';
import { type DemandedVolume, MountsOnDemand } from './mounts-on-demand.js';

export interface HolderConfig {
  readonly socket: string;
  /** Mounted before the socket listens. */
  readonly mounts: readonly MountRequest[];
  /** Mounted when a fault proxy asks. */
  readonly onDemand: readonly DemandedVolume[];
  readonly endWithParent: boolean;
  /** In a pod: other containers may see our processes. */
  readonly isHidden: boolean;
}

const PR_SET_PDEATHSIG = 1;
const SIGTERM = 15;
const SIGCHLD = 17;
const SIG_IGN = 1;

const config = JSON.parse(process.argv[2] ?? '{}') as HolderConfig;
process.title = 'havock8s-mount';
if (config.isHidden) hideFromOthers();
/** A holder without whoever started it would hold for ever: the kernel then sends SIGTERM. */
if (config.endWithParent) libc.prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
// It has no children but those that PID 1 of a container inherits, which would stay zombies.
libc.signal(SIGCHLD, SIG_IGN);

/** Of `mounts`, with the descriptor of each. */
const made: { readonly mount: OwnMount; readonly device: number }[] = [];
let demands: MountsOnDemand | null = null;

/**
 * What holders of this pod before us made, who were killed: the directory is the pod's alone, and one of them at most is
 * alive. Nothing while that one listens.
 */
const found: readonly OwnMount[] =
  config.onDemand.length > 0 && !['listens', 'busy'].includes(socketState(config.socket))
    ? config.onDemand.flatMap(({ mountpoint }) => layersAt(mountpoint))
    : [];

function unmountAll(): void {
  demands?.end();
  const own = [...found, ...made.filter(isStillThere).map(({ mount }) => mount), ...(demands?.made ?? [])];
  const mountpoints = [...config.mounts, ...config.onDemand].map(({ mountpoint }) => mountpoint);
  for (const mountpoint of mountpoints.reverse()) unmountOwn(mountpoint, own);
  closeUnserved();
}

/**
 * A mount without a unique number that was taken away from outside cannot be told from one that another sidecar made
 * since and that got its numbers. Its connection has ended then.
 */
const isStillThere = ({ mount, device }: (typeof made)[number]): boolean =>
  mount.identity.uniqueId !== null || isConnected(device);

/** Those on demand: the others are directories of their user's, not of ours. */
function closeUnserved(): void {
  for (const { mountpoint } of config.onDemand) if (!isServed(mountpoint)) closePath(mountpoint);
}

let holding: Holding | null = null;
let isOver = false;
/** From the first mount on: whoever is told to go before the last takes what there is away. */
function end(): void {
  isOver = true;
  unmountAll();
  holding?.stop();
}

/**
 * With `local`, whoever asks has the fault proxy wait for the unmounting; in a pod it has ended before, or ends as
 * well.
 */
onAskedToEnd(() => {
  if (holding === null || config.onDemand.length === 0) end();
  else holding.whenUnserved(end);
});

function hold(): Promise<void> {
  const kept = new KeptDescriptors();
  closeUnserved();
  for (const mount of config.mounts) {
    const { device, identity } = mountVolume(mount);
    kept.keep(deviceKey(mount.volume), device);
    if (identity !== null) made.push({ mount: { mountpoint: mount.mountpoint, identity }, device });
  }
  demands = new MountsOnDemand(config.onDemand, kept);
  holding = holdDescriptors(config.socket, kept, demands);
  const said = { event: 'mounted', pid: process.pid, made: made.map(({ mount }) => mount) };
  process.stdout.write(`${JSON.stringify(said)}\n`);
  return holding.stopped;
}

try {
  if (!isOver) await hold();
} catch (error) {
  unmountAll();
  const said = { event: 'failed', code: codeOf(error, 'holder.failed'), message: messageOf(error) };
  process.stdout.write(`${JSON.stringify(said)}\n`);
  process.exitCode = 1;
}
