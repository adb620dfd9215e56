/** Where a work is measured: one directory, and the processes that answer for it. */
export const subjects = ['bare', 'libfuse', 'idle', 'armed'] as const;
export type Subject = (typeof subjects)[number];

export interface Place {
  readonly subject: Subject;
  /** Tells apart the ways one subject is run, as `libfuse (1 thread)`; the best of them counts. */
  readonly label: string;
  readonly directory: string;
  readonly processes: Processes;
  close(): Promise<void>;
}

export interface Processes {
  readonly planePid?: number;
  readonly holderPid?: number;
}
