/** What the disk server is given, and whom it tells of what. */
import type { Worker } from 'node:worker_threads';
import type { ErrorCode } from '../../core/error-codes.js';
import type { DescriptorBudget } from '../proxy/descriptor-budget.js';
import type { Inheritance } from './fd-store-port.js';
import type { HolderChange } from './holder-link.js';
import type { VolumeConfig } from './served-volume.js';

export interface DiskServerOptions {
  readonly volumes: readonly VolumeConfig[];
  readonly inheritance: Inheritance;
  /** Where a holder that is started again listens. */
  readonly holderSocket: string;
  readonly onHolderChange: (change: HolderChange) => void;
  readonly resend: boolean;
  readonly descriptors: DescriptorBudget;
  /** A reader died, and what it was doing is unanswered: the process must end, so that the next is asked again. */
  readonly onReaderDeath: (error: Error) => void;
  /** Around what may take long in the main thread, such as the disk beneath does. */
  readonly excuse: <T>(work: () => T) => T;
  /** Reader threads that were booted ahead. */
  readonly spareWorkers: Worker[];
  /** An error of ours: everything is disarmed already. */
  readonly onCrash: (code: ErrorCode, message: string, stack: string) => void;
  /** A disk beneath is in trouble, as a sentence, or not any more (null). */
  readonly onBackingTrouble: (volume: string, trouble: string | null) => void;
  /** A disk beneath that was gone is mounted again: this process must end, so that the next serves it. */
  readonly onMountedAgain: (volume: string) => void;
  /** Every volume was unmounted: nothing is left to serve. */
  readonly onUnmounted: () => void;
}
