/** How the fault proxy ends: asked to, it disarms and finishes what is in flight; without a supervisor, at once. */
import type { Logger } from 'pino';
import type { DiskServer } from '../disk/disk-server.js';
import type { FaultRegistry } from '../registry/fault-registry.js';
import type { TcpProxy } from '../tcp/tcp-proxy.js';
import type { FaultProxyMessage } from './proxy-config.js';
import { proxyTimeouts } from './timeouts.js';

export interface Ending {
  readonly registry: FaultRegistry;
  readonly disk: DiskServer | null;
  readonly tcp: TcpProxy | null;
  readonly log: Logger;
  readonly tell: (message: FaultProxyMessage) => void;
}

/** Listens for the signals that ask for it. With a disk the fault proxy goes on serving until that is unmounted. */
export function endWith({ registry, disk, tcp, log, tell }: Ending): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ code: 'plane.stopping', signal }, 'disarming');
    disk?.leave();
    // One that fails keeps none of the others: whoever asked waits for the last.
    await registry
      .close()
      .catch(complain(log, 'plane.close-failed', 'the faults were not taken back in order'));
    await disk?.drain().catch(complain(log, 'disk.drain-failed', 'requests are left unanswered'));
    await tcp?.close().catch(complain(log, 'tcp.close-failed', 'rules are left'));
    tell({ event: 'drained' });
    if (disk === null) setTimeout(() => leave(log), proxyTimeouts.farewellMs);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => void stop(signal));
  // Nobody unmounts then, and the holder does so by itself: there is nothing left to serve.
  process.on('disconnect', () => {
    const gone = tcp?.close() ?? Promise.resolve();
    void gone
      .catch(complain(log, 'tcp.close-failed', 'rules are left'))
      .finally(() => process.kill(process.pid, 'SIGKILL'));
  });
}

const complain =
  (log: Logger, code: string, what: string) =>
  (err: unknown): void =>
    log.error({ code, err }, what);

/** Readers that are blocked in the kernel would keep `process.exit` waiting for ever. */
export function leave(log: Logger): void {
  try {
    log.info({ code: 'plane.left' }, 'done');
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}
