/** What the supervisor process tells its parent, and the one thing that it is told. */
import type { OwnMount } from '../../mount/mount-identity.js';

/** Drain, unmount, stop: everything. */
export const stopSidecar = 'stop';

export type SupervisorMessage =
  | {
      readonly event: 'ready';
      readonly controlUrl: string;
      readonly stateDirectory: string;
      readonly holderPid: number | null;
      readonly mounts: readonly OwnMount[];
      readonly proxyPid: number;
      readonly resend: boolean;
    }
  /** The fault proxy was started again. */
  | { readonly event: 'proxy'; readonly pid: number }
  | { readonly event: 'log'; readonly line: string }
  | { readonly event: 'failed'; readonly code: string; readonly message: string };
