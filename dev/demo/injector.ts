/** What misbehaves: the sidecar around a disk and a network, switched by annotations. */
import type { ShownFault } from '../../cli/client/answers.js';
import { HavocError } from '../../core/havoc-error.js';
import type { Tallies, Traffic } from '../../sidecar/registry/fault-applier.js';

export interface Injector {
  arm(name: string, sentence: string): Promise<void>;
  /** What the fault did so far. */
  proof(name: string): Promise<Proof>;
  disarm(name: string): Promise<void>;
  killFaultProxy(): Promise<void>;
  /** How often the fault proxy was started again. */
  restarts(): Promise<number>;
  /** Rejects when disk and network are gone for good. */
  readonly failed: Promise<never>;
}

export interface Proof {
  /** The word of the sentence: `latency`, `partition`. */
  readonly effect: string | null;
  readonly tallies: Tallies;
  /** Null of a fault of the disk. */
  readonly traffic: Traffic | null;
}

/** That of one fault, in the sidecar's list. Throws `demo.failed` or `demo.failed`. */
export function proofIn(faults: readonly ShownFault[], name: string): Proof {
  const fault = faults.find((listed) => listed.name === name);
  if (!fault) throw new HavocError('demo.failed', `the sidecar does not know the fault ${name}`);
  if (fault.state === 'refused')
    throw new HavocError('demo.failed', fault.problems.map(({ message }) => message).join('; '));
  return fault;
}
