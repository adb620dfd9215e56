/** What misbehaves: the sidecar around one directory and one port, switched by annotations. */
import { setTimeout as wait } from 'node:timers/promises';
import { ControlClient } from '../cli/control/control-client.js';
import { HavocError } from '../sidecar/havoc-error.js';
import { startSidecar } from '../sidecar/local.js';
import type { Tallies, Traffic } from '../sidecar/plan/data-plane.js';
import { annotate } from './annotations.js';
import type { Ports } from './free-ports.js';
import type { Stage } from './stage.js';

const loopback = '127.0.0.1';
const patienceMs = 10_000;
const retryMs = 100;

export interface Injector {
  arm(name: string, sentence: string): void;
  /** What the fault did so far. */
  proof(name: string): Promise<Proof>;
  disarm(): void;
  killPlane(): void;
  /** How often the plane was started again. */
  restarts(): Promise<number>;
  /** Rejects when disk and network are gone for good. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

export interface Proof {
  readonly tallies: Tallies;
  /** Null of a fault of the disk. */
  readonly traffic: Traffic | null;
}

export async function openInjector(stage: Stage, ports: Ports): Promise<Injector> {
  const sidecar = await startSidecar({
    disks: [{ volume: 'data', backing: stage.backing, mountpoint: stage.mountpoint }],
    forwards: [
      { host: loopback, port: ports.replication, upstream: { host: loopback, port: ports.database } },
    ],
    annotationsFile: stage.annotations,
    control: { host: loopback, port: 0 },
    stateDir: stage.state,
    logLevel: 'silent',
  });
  const client = new ControlClient(new URL(sidecar.controlUrl));
  return {
    arm: (name, sentence) => annotate(stage.annotations, new Map([[name, sentence]])),
    disarm: () => annotate(stage.annotations, new Map()),
    proof: (name) => patiently(() => proof(client, name)),
    restarts: async () => (await patiently(() => client.status())).restarts,
    failed: sidecar.failed,
    killPlane: () => void process.kill(sidecar.planePid(), 'SIGKILL'),
    close: () => sidecar.close(),
  };
}

/** The endpoint is away for a moment after the plane was killed; its successor serves the disk first. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const away = error instanceof HavocError && error.code === 'control.unreachable';
      if (!away || performance.now() > deadline) throw error;
      await wait(retryMs);
    }
  }
}

async function proof(client: ControlClient, name: string): Promise<Proof> {
  const fault = (await client.faults()).find((listed) => listed.name === name);
  if (!fault) throw new HavocError('E_NO_PROOF', `the sidecar does not know the fault ${name}`);
  if (fault.state === 'refused')
    throw new HavocError('E_REFUSED', fault.problems.map(({ message }) => message).join('; '));
  return fault;
}
