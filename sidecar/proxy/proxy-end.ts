/**
 * How a fault proxy ends, in three verbs; ARCHITECTURE.md says who asks for each.
 *
 *     drain   nothing is armed, what waits and what is in flight is answered; the volumes go on being served
 *     stop    nothing is left to serve: the process ends
 *     kill    at once; what is unanswered waits for the next fault proxy, or for the volumes to be unmounted
 */
import type { Logger } from 'pino';
import type { DiskServer } from '../disk/disk-server.js';
import type { FaultRegistry } from '../registry/fault-registry.js';
import type { TcpProxy } from '../tcp/tcp-proxy.js';
import type { FaultProxyMessage } from './proxy-config.js';
import { proxyTimeouts } from './timeouts.js';

export interface Draining {
  readonly registry: FaultRegistry;
  readonly disk: DiskServer | null;
  readonly tcp: TcpProxy | null;
  readonly log: Logger;
  readonly tell: (message: FaultProxyMessage) => void;
}

export interface Ending {
  /** It was asked to. */
  readonly isDraining: boolean;
}

/**
 * Listens for the signals that ask it to drain. Without a disk it then stops by itself; with one, when that is unmounted.
 * Without a supervisor nobody unmounts, and the holder does so by itself: it drains its connections, and is killed.
 */
export function drainWhenAsked(parts: Draining): Ending {
  const { disk, tcp, log, tell } = parts;
  let draining = false;
  const asked = async (signal: string): Promise<void> => {
    if (draining) return;
    draining = true;
    log.info({ code: 'fault-proxy.draining', signal }, 'disarming');
    await drain(parts);
    tell({ event: 'drained' });
    if (disk === null) setTimeout(() => stop(log), proxyTimeouts.farewellMs);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => void asked(signal));
  process.on('disconnect', () => void drainConnections({ tcp, log }).finally(kill));
  return {
    get isDraining() {
      return draining;
    },
  };
}

/** A part that fails keeps none of the others: whoever asked waits for the last. Never rejects. */
async function drain({ registry, disk, tcp, log }: Draining): Promise<void> {
  disk?.announceDrain();
  await registry
    .close()
    .catch(complain(log, 'fault-proxy.drain-failed', 'the faults were not taken back in order'));
  await disk?.drain().catch(complain(log, 'disk.drain-failed', 'requests are left unanswered'));
  await drainConnections({ tcp, log });
}

const drainConnections = async ({ tcp, log }: Pick<Draining, 'tcp' | 'log'>): Promise<void> =>
  tcp?.drain().catch(complain(log, 'tcp.drain-failed', 'rules are left'));

const complain =
  (log: Logger, code: string, what: string) =>
  (err: unknown): void =>
    log.error({ code, err }, what);

export function stop(log: Logger): void {
  try {
    log.info({ code: 'fault-proxy.stopped' }, 'done');
  } finally {
    kill();
  }
}

/** Readers that are blocked in the kernel would keep `process.exit` waiting for ever. */
export function kill(): void {
  process.kill(process.pid, 'SIGKILL');
}
