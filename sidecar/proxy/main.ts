/**
 * The fault proxy. The disk comes first: after a death its readers run again before anything else is loaded. One
 * that stands by has loaded its code and booted its first reader, and waits for the death of the one that serves.
 *
 *     (stand by) ─► inherit ─► fault registry, annotations ─► readers, proxy ─► control endpoint
 *
 * An error that nobody caught disarms everything and passes; SIGTERM drains (`proxy-end.ts`).
 */
import pino, { type Logger } from 'pino';
import type { ErrorCode } from '../../core/error-codes.js';
import { codeOf, messageOf } from '../../core/havoc-error.js';
import { programVersion } from '../../core/program-version.js';
import type { SidecarFacts } from '../control/status.js';
import { bootReader } from '../disk/boot-reader.js';
import { DiskServer } from '../disk/disk-server.js';
import { inherit } from '../disk/fd-store-port.js';
import type { HolderChange } from '../disk/holder-link.js';
import { inheritMounts } from '../disk/inherit-mounts.js';
import { hideFromOthers } from '../linux/dumpable.js';
import { libc } from '../linux/libc.js';
import { descriptorLimit, raiseDescriptorLimit } from '../linux/limits.js';
import type { AnnotationsReading } from '../registry/annotations/annotations.js';
import { watchAnnotations } from '../registry/annotations/watch-annotations.js';
import { FaultRegistry } from '../registry/fault-registry.js';
import type { TcpProxy } from '../tcp/tcp-proxy.js';
import { DescriptorBudget } from './descriptor-budget.js';
import { Heartbeat } from './heartbeat.js';
import type { FaultProxyConfig, FaultProxyMessage } from './proxy-config.js';
import { drainWhenAsked, kill, stop } from './proxy-end.js';
import { proxyTimeouts } from './timeouts.js';

const config = JSON.parse(process.argv[2] ?? '{}') as FaultProxyConfig;
if (config.isHidden) hideFromOthers();
const log = openLog();
const heartbeat = new Heartbeat();
heartbeat.begin();
process.title = config.isStandby ? 'havock8s-spare' : 'havock8s-faults';

const tell = (message: FaultProxyMessage): void => {
  process.send?.(message);
};

async function start(): Promise<void> {
  libc.umask(0);
  raiseDescriptorLimit();
  const spareWorkers = config.volumes.length > 0 ? [bootReader()] : [];
  const loading = config.tcp === null ? null : import('../tcp/tcp-proxy.js');
  if (config.isStandby) await toldToTakeOver();
  const limit = descriptorLimit();
  const descriptors = DescriptorBudget.of({
    limit,
    volumes: config.volumes.length,
    hasNetwork: config.tcp !== null,
    hasReadOnlyPort: config.readOnlyFd !== null,
  });
  const startedMs = Date.now();
  let registry: FaultRegistry | undefined;
  const onCrash = (code: ErrorCode, message: string, stack: string): void => {
    log.fatal({ code, stack }, `disarmed by our own error: ${message}`);
    void registry?.disarmEverything(code);
  };
  const disk = await openDisk({ spareWorkers, descriptors, onCrash });
  const tcp = openNetwork(await loading, { descriptors, onCrash });
  registry = await FaultRegistry.open({
    appliers: [disk, tcp].filter((applier) => applier !== null),
    seed: config.seed,
    stateDirectory: config.stateDirectory,
    log,
  });
  disarmOnTrouble(registry);
  const ending = drainWhenAsked({ registry, disk, tcp, log, tell });
  await registry.setLocal(config.faults);
  if (config.annotationsFile !== null) await followAnnotations(config.annotationsFile, registry);
  await Promise.all([disk?.serve(), tcp?.serve()]);
  const mounts = disk?.status().mounts ?? [];
  const restarts = disk?.status().restarts ?? tcp?.status().restarts ?? 0;
  log.info({ code: 'fault-proxy.serving', restarts, mounts, ms: Date.now() - startedMs }, 'serving');
  tell({ event: 'serving', resend: mounts.every(({ resend }) => resend), restarts });

  const { version, pod } = { version: programVersion(), pod: config.pod };
  const facts = (): SidecarFacts => ({
    ...{ version, pod, startedMs, draining: ending.isDraining, notReady: troubleOf(disk) },
    disk: disk?.status() ?? null,
    tcp: tcp?.status() ?? null,
  });
  const { openEndpoints } = await import('./open-endpoints.js');
  tell({ event: 'ready', controlUrl: await openEndpoints({ config, registry, facts, log, limit }) });
}

/** Of the first disk beneath that does not answer. */
const troubleOf = (disk: DiskServer | null): string | null =>
  disk?.status().mounts.find(({ backingTrouble }) => backingTrouble !== null)?.backingTrouble ?? null;

interface Opening {
  readonly descriptors: DescriptorBudget;
  readonly onCrash: (code: ErrorCode, message: string, stack: string) => void;
}

async function openDisk({
  spareWorkers,
  descriptors,
  onCrash,
}: Opening & { readonly spareWorkers: ReturnType<typeof bootReader>[] }): Promise<DiskServer | null> {
  const { holderSocket, mounts, volumes } = config;
  if (holderSocket === null) return null;
  const inheritance = mounts.length > 0 ? await inheritMounts(holderSocket, mounts) : inherit(holderSocket);
  return new DiskServer({
    volumes,
    inheritance,
    holderSocket,
    onHolderChange: logHolder,
    resend: config.resend,
    descriptors,
    spareWorkers,
    onReaderDeath: killAfter,
    excuse: (work) => heartbeat.excuse(work),
    onCrash,
    onBackingTrouble: (volume, trouble) => {
      if (trouble === null) log.info({ code: 'disk.answers', volume }, 'the disk beneath answers again');
      else log.warn({ code: 'disk.gone', volume }, trouble);
    },
    onMountedAgain: (volume) => {
      log.warn(
        { code: 'disk.mounted-again', volume },
        'the disk beneath is mounted again: another fault proxy serves it',
      );
      kill();
    },
    onUnmounted: () => {
      tell({ event: 'failed', code: 'disk.unmounted', message: 'every volume was unmounted' });
      stop(log);
    },
  });
}

function logHolder(change: HolderChange): void {
  if (change.kind === 'lost')
    log.warn(
      { code: 'holder.lost' },
      'the holder is gone: until another has everything, a death of ours counts',
    );
  else log.info({ code: 'holder.found', holder: change.pid }, 'another holder has everything');
}

/** Loaded before one that stands by is needed, and only where there is a network to carry. */
function openNetwork(
  network: typeof import('../tcp/tcp-proxy.js') | null,
  { descriptors, onCrash }: Opening,
): TcpProxy | null {
  if (network === null || config.tcp === null) return null;
  return new network.TcpProxy({ config: config.tcp, descriptors, log, onCrash, onDeath: killAfter });
}

/** A thread died, and what it was doing is unanswered: another fault proxy takes over. */
function killAfter(error: Error): void {
  log.fatal({ code: 'fault-proxy.thread-died', err: error }, 'a thread died: another fault proxy takes over');
  kill();
}

function toldToTakeOver(): Promise<void> {
  return new Promise((resolve) => {
    process.once('message', () => {
      process.title = 'havock8s-faults';
      resolve();
    });
    process.once('disconnect', kill);
  });
}

/** Resolves when what the file says is armed: a fault proxy that takes over serves nobody without it. */
async function followAnnotations(file: string, registry: FaultRegistry): Promise<void> {
  let first: Promise<void> | undefined;
  const deliver = (reading: AnnotationsReading): void => {
    const settled = registry.setAnnotations(reading);
    first ??= settled;
  };
  await watchAnnotations({ file, log, deliver });
  await first;
}

/** Whoever reads the log may be gone; that must not end the fault proxy. */
function openLog(): Logger {
  const output = pino.destination({ fd: 1, sync: true });
  output.on('error', () => {});
  return pino({ level: config.logLevel, base: { pid: process.pid } }, output);
}

function disarmOnTrouble(registry: FaultRegistry): void {
  const disarm = (error: unknown): void => {
    log.fatal({ code: 'sidecar.bug', err: error }, 'an error nobody caught: every fault is disarmed');
    // Were it to reject here, that would be heard here again, and again.
    registry.disarmEverything('sidecar.bug').catch((err: unknown) => {
      log.fatal({ code: 'sidecar.bug', err }, 'not every fault could be disarmed');
    });
  };
  process.on('uncaughtException', disarm);
  process.on('unhandledRejection', disarm);
}

start().catch((error: unknown) => {
  const [code, message] = [codeOf(error), messageOf(error)];
  log.fatal({ code, err: error }, message);
  tell({ event: 'failed', code, message });
  setTimeout(kill, proxyTimeouts.farewellMs);
});
