/** The sidecar around one directory and one port of this machine, as `havock8s local` runs it. */
import { ControlClient } from '../../../cli/client/control-client.js';
import { hasCode } from '../../../core/havoc-error.js';
import { startSidecar } from '../../../sidecar/supervise/local.js';
import { type Injector, proofIn } from '../injector.js';
import { type Patience, patiently } from '../patiently.js';
import { annotate } from './annotations.js';
import type { Ports } from './free-ports.js';
import type { Setup } from './setup.js';

const loopback = '127.0.0.1';

export interface LocalInjector extends Injector {
  /** At once: somebody who waits for the disk is to be let go. */
  disarmAll(): void;
  close(): Promise<void>;
}

/** One fault at a time: the next one takes the place of the last. */
export async function openInjector(setup: Setup, ports: Ports): Promise<LocalInjector> {
  const sidecar = await startSidecar({
    disks: [{ volume: 'data', backing: setup.backing, mountpoint: setup.mountpoint }],
    forwards: [
      { host: loopback, port: ports.replication, upstream: { host: loopback, port: ports.database } },
    ],
    annotationsFile: setup.annotations,
    control: { host: loopback, port: 0 },
    stateDir: setup.state,
    logLevel: 'silent',
  });
  const client = new ControlClient(new URL(sidecar.controlUrl));
  const disarmAll = (): void => annotate(setup.annotations, new Map());
  return {
    arm: async (name, sentence) => annotate(setup.annotations, new Map([[name, sentence]])),
    disarm: async () => disarmAll(),
    disarmAll,
    proof: (name) => patiently(async () => proofIn(await client.faults(), name), patience),
    restarts: async () => (await patiently(() => client.status(), patience)).restarts,
    failed: sidecar.failed,
    killFaultProxy: async () => void process.kill(sidecar.proxyPid(), 'SIGKILL'),
    close: () => sidecar.close(),
  };
}

const patience: Patience = {
  forMs: 10_000,
  betweenMs: 100,
  isAway: (error) => hasCode(error, 'control.unreachable'),
};
