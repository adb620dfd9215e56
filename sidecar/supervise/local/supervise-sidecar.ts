/**
 * Holder and fault proxy as children of this process, the fault proxy started again whenever it dies. This process must
 * never touch the volumes: while the fault proxy is away it would wait for itself.
 *
 *     superviseSidecar ─┬─► holder (mounts)             ├─► proxy (serves) ─► control endpoint answers
 *                       └─► sockets, kept over a death ─┘     ▲       │
 *                                                             └─ dies ┘
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, realpath, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { HavocError } from '../../../core/havoc-error.js';
import type { ControlAccess } from '../../control/access.js';
import { backingFlags } from '../../mount/mount-flags.js';
import { unmountOwn } from '../../mount/mount-volume.js';
import { inheritedFrom } from '../../tcp/sockets.js';
import { FaultProxy, firstInherited } from '../fault-proxy.js';
import { type Network, openNetwork } from '../network.js';
import { Holder } from './holder.js';
import type { LocalOptions, Sidecar } from './local-options.js';

/** Resolves when the volumes are mounted and the control endpoint answers. Rejects with a HavocError, leaving nothing. */
export async function superviseSidecar(
  options: LocalOptions,
  onProxy: (pid: number) => void,
): Promise<Sidecar> {
  const own = options.stateDir === undefined ? mkdtempSync(join(tmpdir(), 'havock8s-')) : null;
  const stateDirectory = resolve(options.stateDir ?? own ?? '');
  await mkdir(stateDirectory, { recursive: true });
  const cleanUp = (): void => {
    if (own !== null) rmSync(own, { recursive: true, force: true });
  };
  const onLog = options.onLog ?? (() => {});
  try {
    return await assemble(options, { stateDirectory, onLog, onProxy: onProxy, cleanUp });
  } catch (error) {
    cleanUp();
    throw error;
  }
}

interface SidecarContext {
  readonly stateDirectory: string;
  readonly onLog: (line: string) => void;
  readonly onProxy: (pid: number) => void;
  readonly cleanUp: () => void;
}

async function assemble(options: LocalOptions, context: SidecarContext): Promise<Sidecar> {
  const { stateDirectory, onLog } = context;
  const { forwards = [], interception = null } = options;
  const network = await openNetwork({ forwards, interception }, onLog);
  try {
    const disks = await openDisks(options, { stateDirectory, onLog });
    try {
      const proxy = await startFaultProxy(options, { ...context, disks, network });
      return sidecarOf({ ...context, disks, network, proxy });
    } catch (error) {
      await disks.close();
      throw error;
    }
  } catch (error) {
    await network.close();
    throw error;
  }
}

/** What of the sidecar is not the fault proxy's, and outlives it. */
interface Disks {
  readonly holder: Holder | null;
  readonly socket: string;
  readonly volumes: readonly ResolvedVolume[];
  close(): Promise<void>;
}

interface ResolvedVolume {
  readonly volume: string;
  readonly backing: string;
  readonly mountpoint: string;
  readonly readOnly: boolean;
}

async function openDisks(
  { disks }: LocalOptions,
  { stateDirectory, onLog }: Pick<SidecarContext, 'stateDirectory' | 'onLog'>,
): Promise<Disks> {
  const volumes = await Promise.all(
    disks.map(async ({ volume, backing, mountpoint, readOnly = false }) => ({
      volume,
      readOnly,
      backing: resolve(backing),
      mountpoint: await withoutLinks(resolve(mountpoint)),
    })),
  );
  for (const { backing } of volumes) await statfs(backing);
  const socket = socketPath(stateDirectory);
  const mounts = volumes.map(({ volume, mountpoint, backing, readOnly }) => ({
    volume,
    mountpoint,
    source: backing,
    flags: backingFlags(backing, readOnly),
  }));
  const holder =
    mounts.length === 0
      ? null
      : await Holder.start({ socket, mounts, onDemand: [], endWithParent: true, isHidden: false }, onLog);
  const close = async (): Promise<void> => {
    await holder?.stop();
    // What a holder that had to be killed left.
    for (const { mountpoint } of mounts) unmountOwn(mountpoint, holder?.mounts ?? []);
  };
  return { holder, socket, volumes, close };
}

interface FaultProxyContext extends SidecarContext {
  readonly disks: Disks;
  readonly network: Network;
}

function startFaultProxy(
  options: LocalOptions,
  { stateDirectory, onLog, onProxy, disks, network }: FaultProxyContext,
): Promise<FaultProxy> {
  const { sockets } = network;
  const config = {
    volumes: disks.volumes,
    holderSocket: disks.holder === null ? null : disks.socket,
    mounts: [],
    tcp: sockets === null ? null : inheritedFrom(firstInherited, sockets),
    stateDirectory,
    annotationsFile: options.annotationsFile === undefined ? null : resolve(options.annotationsFile),
    faults: options.faults ?? [],
    control: options.control ?? { host: '127.0.0.1', port: 0 },
    controlAccess: accessOf(options),
    readOnlyFd: null,
    pod: null,
    seed: options.seed ?? null,
    logLevel: options.logLevel ?? 'silent',
    resend: options.resend ?? true,
    isHidden: false,
    isStandby: false,
  };
  const onDown = (): void => void network.failOpen();
  return FaultProxy.start({ config, fds: sockets?.fds ?? [] }, { onLog, onProxy, onDown });
}

/** The user who started it, root, and the one who became root by sudo to do so. */
function accessOf({ openControl = false }: LocalOptions): ControlAccess {
  if (openControl) return { kind: 'anybody' };
  const before = Number.parseInt(process.env['SUDO_UID'] ?? '', 10);
  const uids = [process.getuid?.() ?? 0, 0, ...(Number.isSafeInteger(before) ? [before] : [])];
  return { kind: 'users', uids: [...new Set(uids)] };
}

interface Parts extends FaultProxyContext {
  readonly proxy: FaultProxy;
}

function sidecarOf({ disks, network, proxy, stateDirectory, cleanUp }: Parts): Sidecar {
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await proxy.drain();
    await disks.close();
    await proxy.stop();
    await network.close();
    cleanUp();
  };
  const holderDied = (disks.holder?.exited ?? new Promise<never>(() => {})).then(() => {
    if (closing !== null) return new Promise<never>(() => {});
    throw new HavocError('holder.died', 'the process that holds the mounts ended: the volumes are gone');
  });
  const failed = Promise.race([holderDied, proxy.failed]);
  failed.catch(() => {});
  return {
    controlUrl: proxy.controlUrl,
    stateDirectory,
    holderPid: disks.holder?.pid ?? null,
    mounts: disks.holder?.mounts ?? [],
    resend: proxy.resend,
    proxyPid: () => proxy.pid,
    failed,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

/** The path by which the kernel lists a mount. A dead mount that is there cannot be asked, but what leads to it can. */
async function withoutLinks(path: string): Promise<string> {
  const real = realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
  return real.catch(() => path);
}

/** A unix socket's path is short; the state directory's may be long. */
function socketPath(stateDirectory: string): string {
  const path = join(stateDirectory, 'holder.sock');
  if (Buffer.byteLength(path) <= 107) return path;
  throw new HavocError(
    'socket.path-too-long',
    `${stateDirectory}: this path is too long for a unix socket below it (107 bytes)`,
  );
}
