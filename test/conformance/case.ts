/**
 * A case of the conformance table: something a program does to a directory, and all it can tell of what came of it.
 *
 *     run(bare directory) ─► observation ─┐
 *     run(mount)          ─► observation ─┴─ must be the same
 *
 * Cases run in a process of their own and mostly in synchronous calls, as the programs do that they stand for.
 */
import type { OtherProcess } from './other-process.js';

export interface Case {
  readonly name: string;
  /** The observation is anything JSON can hold, bigints too. */
  readonly run: (place: Place) => unknown;
  /** What no FUSE file system can have in common with the directory beneath it, if that one can do it. */
  readonly difference?: Difference;
}

export interface Difference {
  readonly because: string;
  /** The observation on the mount, exactly. */
  readonly onMount: unknown;
}

export interface Chapter {
  readonly name: string;
  readonly cases: readonly Case[];
}

/** A fresh directory, open to every user. */
export interface Place {
  readonly root: string;
  /** A path in the directory. */
  at(...names: readonly string[]): string;
  /** The same path in the directory beneath the mount, for what would take too long to prepare from above. */
  beneath(...names: readonly string[]): string;
  /** A second process, started when first asked for. */
  other(): OtherProcess;
}
