/**
 * Where an experiment plays: on processes of this machine, or on pods of a cluster. The engine knows no other way to reach
 * them. Each method may be called twice with the same words, and does the same once more.
 */
import type { Observed } from './engine/moves.js';
import type { Run } from './engine/run.js';
import type { ChangeAction } from './file/planned-steps.js';
import type { ChangeSubject, Place, RunEvent } from './journal/events.js';

/** What a world says of itself at one moment. */
export type Sight = Pick<Observed, 'cluster'> & { readonly faults: NonNullable<Observed['faults']> };

/** What a change is about to be made to, and how it is now. */
export interface PlannedChange {
  readonly subject: ChangeSubject;
  readonly was: Readonly<Record<string, unknown>>;
}

/** One that is written down. */
export interface KnownChange extends PlannedChange {
  readonly step: string;
  /** When it is taken back, of the Unix epoch; null: there is nothing to take back. */
  readonly endsAtMs: number | null;
}

export interface AskedFault {
  /** Its name in the journal. */
  readonly fault: string;
  readonly sentence: string;
  readonly place: Place | null;
}

export interface World {
  /** How often it is looked at where nothing happens. */
  readonly lookEveryMs: number;
  /** What is there of the run. Rejects where nobody can say. */
  look(run: Run): Promise<Sight>;
  /** What is known of them at this moment. */
  pids(): Observed['pids'];
  /** Resolves with the sentence as the sidecar has it. It ends by itself, at an absolute time. */
  arm(asked: AskedFault, run: Run): Promise<string>;
  disarm(fault: string, place: Place | null): Promise<void>;
  kill(pid: number, signal: string): Promise<void>;
  /** Stores that something of the run may have to be taken back. */
  hold(): Promise<void>;
  /** What the change would be made to, each with how it is: nothing is done yet. */
  planChange(action: ChangeAction, run: Run): Promise<readonly PlannedChange[]>;
  /** Resolves with what came of it, in a few words. */
  change(known: KnownChange, action: ChangeAction): Promise<string>;
  takeBack(known: KnownChange, action: ChangeAction): Promise<string>;
  /** Starts what lives there, and from then on tells what happens by itself, such as that the command ended. */
  begin(tell: (runEvent: RunEvent) => void): void;
}
