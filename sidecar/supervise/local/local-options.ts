/** What the sidecar around local processes is asked for, and what it gives. */
import type { OwnMount } from '../../mount/mount-identity.js';
import type { ForwardRequest, InterceptionRequest } from '../../tcp/tcp-config.js';

export interface LocalDisk {
  readonly volume: string;
  readonly backing: string;
  readonly mountpoint: string;
  readonly readOnly?: boolean;
}

export interface LocalOptions {
  readonly disks: readonly LocalDisk[];
  /** Ports of the TCP proxy: forwarded, and intercepted. */
  readonly forwards?: readonly ForwardRequest[];
  readonly interception?: InterceptionRequest;
  readonly annotationsFile?: string;
  readonly faults?: readonly { readonly name: string; readonly sentence: string }[];
  /** Port 0, or nothing: any free one of 127.0.0.1. */
  readonly control?: { readonly host: string; readonly port: number };
  /** Everybody on this machine may change faults, not only the user who started it, and root. */
  readonly openControl?: boolean;
  /** Where deadlines survive; without it a directory of its own, gone at the end. */
  readonly stateDir?: string;
  /** Without it, or null: one by chance. */
  readonly seed?: number | null;
  /** Of pino; 'silent' by default. */
  readonly logLevel?: string;
  /** Each line that holder and fault proxy log, JSON as pino writes it. */
  readonly onLog?: (line: string) => void;
  /** False behaves as on a kernel without RESEND. */
  readonly resend?: boolean;
}

export interface Sidecar {
  readonly controlUrl: string;
  readonly stateDirectory: string;
  /** Null where there is no disk. */
  readonly holderPid: number | null;
  /** Those that the holder made. */
  readonly mounts: readonly OwnMount[];
  /** Can requests in flight be asked for again, should the fault proxy die (Linux 6.9)? */
  readonly resend: boolean;
  proxyPid(): number;
  /** Rejects when the sidecar cannot go on: the holder died, or the fault proxy does not start any more. */
  readonly failed: Promise<never>;
  /** Drains the fault proxy, unmounts, stops everything; bounded. */
  close(): Promise<void>;
}
