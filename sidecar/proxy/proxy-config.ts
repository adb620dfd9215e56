/** What the fault proxy is told when it is started: one JSON argument. */
import type { ControlAccess } from '../control/access.js';
import type { PodName } from '../control/status.js';
import type { MountWish } from '../disk/fd-store-port.js';
import type { VolumeConfig } from '../disk/served-volume.js';
import type { TcpConfig } from '../tcp/tcp-config.js';

export interface FaultProxyConfig {
  readonly volumes: readonly VolumeConfig[];
  /** Null where there is no disk, and so nobody who holds one. */
  readonly holderSocket: string | null;
  /** What the holder is to mount, where it does not do so by itself. */
  readonly mounts: readonly MountWish[];
  readonly tcp: TcpConfig | null;
  readonly stateDirectory: string;
  readonly annotationsFile: string | null;
  /** Faults of the command line. */
  readonly faults: readonly { readonly name: string; readonly sentence: string }[];
  readonly control: { readonly host: string; readonly port: number };
  readonly controlAccess: ControlAccess;
  /** The listening socket of the read-only port; null: there is none. */
  readonly readOnlyFd: number | null;
  /** Null outside a pod. */
  readonly pod: PodName | null;
  /** Null: one by chance, kept in the state directory. */
  readonly seed: number | null;
  readonly logLevel: string;
  /** False has requests that were in flight at a death answered EIO, as on kernels before 6.9. */
  readonly resend: boolean;
  /** In a pod: other containers may see our processes. */
  readonly isHidden: boolean;
  /** Get ready, and begin when told to: the fault proxy that serves has died. */
  readonly isStandby: boolean;
}

/** What a fault proxy that stands by is told. */
export const takeOver = 'take over';

/** What it says on its IPC channel. */
export type FaultProxyMessage =
  | { readonly event: 'serving'; readonly resend: boolean; readonly restarts: number }
  | { readonly event: 'ready'; readonly controlUrl: string }
  /** After SIGTERM, see `proxy-end.ts`: nothing is armed, nothing waits, and what was in flight is answered. */
  | { readonly event: 'drained' }
  | { readonly event: 'failed'; readonly code: string; readonly message: string };
