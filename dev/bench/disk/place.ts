/** Where a work is measured: one directory, and the processes that answer for it. */
import type { Place as PlaceOf } from '../work.js';

export const subjects = ['bare', 'libfuse', 'idle', 'armed'] as const;
export type Subject = (typeof subjects)[number];

export interface Place extends PlaceOf<Subject> {
  readonly directory: string;
  readonly processes: Processes;
  close(): Promise<void>;
}

export interface Processes {
  readonly planePid?: number;
  readonly holderPid?: number;
}
