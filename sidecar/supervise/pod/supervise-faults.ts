/**
 * Container havock8s-faults: the fault proxy as a child, started again whenever it dies, and what outlives it. The
 * volumes are the other container's, and stay mounted when this one ends: what is asked of them then waits for the next
 * fault proxy, or for the holder to unmount.
 *
 *     annotations ─► proxy ─► serves ─► file `serving`
 *                    ▲   │
 *                    └ dies, for longer than 2 s: connections go direct, `serving` is gone
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { controlPort } from '../../../core/pod-layout.js';
import { bindError } from '../../control/bind-error.js';
import type { VolumeConfig } from '../../disk/served-volume.js';
import { backingFlags } from '../../mount/mount-flags.js';
import type { FaultProxyConfig } from '../../proxy/proxy-config.js';
import { inheritedFrom } from '../../tcp/sockets.js';
import { FaultProxy, firstInherited } from '../fault-proxy.js';
import { logLine } from '../log-line.js';
import { type Network, openNetwork } from '../network.js';
import { supervisorTimeouts } from '../timeouts.js';
import type { FaultsConfig } from './faults-config.js';
import { type PodPaths, podPaths } from './pod-paths.js';
import { openReadOnlySocket } from './read-only-socket.js';
import { ServingFile } from './serving-file.js';

export interface FaultsOptions {
  readonly config: FaultsConfig;
  readonly onLog: (line: string) => void;
  /** Rejects when the container is to end before it serves. */
  readonly aborted: Promise<never>;
}

export interface PodFaults {
  /** Rejects when it cannot go on: the volumes were unmounted, or the fault proxy does not start any more. */
  readonly failed: Promise<never>;
  /** Drains, kills, and has connections go direct; bounded. */
  close(): Promise<void>;
}

/** Resolves when faults can be armed. Rejects leaving no rule and no process. */
export async function superviseFaults(options: FaultsOptions): Promise<PodFaults> {
  const { config, onLog } = options;
  const paths = podPaths(config.root);
  mkdirSync(paths.state, { recursive: true });
  const serving = new ServingFile(paths.serving);
  const network = await openNetwork({ forwards: [], interception: config.interception }, onLog);
  const readOnly = openReadOnlySocket(config.readOnlyPort, onLog);
  try {
    const proxy = await startFaultProxy(options, { paths, serving, network, readOnly });
    const close = async (): Promise<void> => {
      serving.close();
      await proxy.drain();
      await proxy.kill();
      await network.close();
    };
    return { failed: proxy.failed, close };
  } catch (error) {
    serving.close();
    await network.close();
    throw error;
  }
}

interface Parts {
  readonly paths: PodPaths;
  readonly serving: ServingFile;
  readonly network: Network;
  /** The listening socket of the read-only port; null: there is none. */
  readonly readOnly: number | null;
}

async function startFaultProxy(options: FaultsOptions, { serving, ...parts }: Parts): Promise<FaultProxy> {
  const { onLog, aborted } = options;
  const { network, readOnly } = parts;
  const fds = [...(network.sockets?.fds ?? []), ...(readOnly === null ? [] : [readOnly])];
  const config = await proxyConfig(options, { ...parts, readOnlyAt: firstInherited + fds.length - 1 });
  return FaultProxy.start(
    { config, fds, aborted, startMs: supervisorTimeouts.startInPodMs },
    {
      onLog,
      onProxy: () => {},
      onServing: () => serving.put(),
      onDown: () => {
        serving.take();
        void network.failOpen();
      },
    },
  );
}

async function proxyConfig(
  { config, onLog }: FaultsOptions,
  { paths, network, readOnly, readOnlyAt }: Omit<Parts, 'serving'> & { readonly readOnlyAt: number },
): Promise<FaultProxyConfig> {
  const volumes = config.volumes.map(
    ({ volume, readOnly }): VolumeConfig => ({
      volume,
      readOnly,
      backing: join(paths.backing, volume),
      mountpoint: join(paths.served, volume),
    }),
  );
  const { sockets } = network;
  return {
    volumes,
    holderSocket: volumes.length === 0 ? null : paths.holderSocket,
    mounts: volumes.map(({ volume, backing, readOnly }) => ({
      volume,
      flags: backingFlags(backing, readOnly),
    })),
    tcp: sockets === null ? null : inheritedFrom(firstInherited, sockets),
    stateDirectory: paths.state,
    annotationsFile: paths.annotations,
    faults: [],
    control: await controlAddress(config, onLog),
    controlAccess: config.openControl
      ? { kind: 'anybody' }
      : { kind: 'token', file: keptToken(paths.controlToken) },
    readOnlyFd: readOnly === null ? null : readOnlyAt,
    pod: config.pod,
    seed: config.seed,
    logLevel: config.logLevel,
    resend: true,
    isHidden: true,
    isStandby: false,
  };
}

/** Returns the file. It outlives this container, so that whoever has read it need not do so again. */
function keptToken(file: string): string {
  try {
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o400, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return file;
}

/** The app may listen there itself, or be about to. */
async function controlAddress(
  { interception }: FaultsConfig,
  onLog: (line: string) => void,
): Promise<FaultProxyConfig['control']> {
  const usual = { host: '127.0.0.1', port: controlPort };
  const isTheirs = interception?.inboundPorts.includes(controlPort) ?? false;
  const code = isTheirs ? 'the app has it' : await bindError(usual);
  if (code === null) return usual;
  const msg = `cannot listen on ${usual.host}:${usual.port} (${code}): the control endpoint takes any free port`;
  onLog(logLine('warn', 'control.other-port', msg));
  return { ...usual, port: 0 };
}
