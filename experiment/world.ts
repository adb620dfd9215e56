/**
 * Where an experiment plays: on processes of this machine, or on pods of a cluster. The engine knows no other way to reach
 * them. Each method may be called twice with the same words, and does the same once more.
 */
import type { Observed } from './engine/moves.js';
import type { RunEvent } from './journal/events.js';

export interface World {
  /** Rejects where nobody can say. */
  faults(): Promise<NonNullable<Observed['faults']>>;
  /** What is known of them at this moment. */
  pids(): Observed['pids'];
  /** The sentence ends by itself, at an absolute time. */
  arm(fault: string, sentence: string): Promise<void>;
  disarm(fault: string): Promise<void>;
  kill(pid: number, signal: string): Promise<void>;
  /** Starts what lives there, and from then on tells what happens by itself, such as that the command ended. */
  begin(tell: (runEvent: RunEvent) => void): void;
}
