/**
 * What a fault is: one sentence of the language, as data.
 *
 *     disk latency 200ms jitter 50ms on fsync in pg_wal/** chance 30% for 5m
 *     └┬─┘ └─────────┬────────────┘ └──────────┬─────────┘ └───┬────┘ └─┬──┘
 *    plane         effect                    match          trigger  deadline
 *
 * Durations are milliseconds, sizes bytes, chances 0 to 1. A value of these types is always valid:
 * only `parse` makes one, and a sentence with any problem makes none.
 */
import type { ErrnoName } from './errno.js';
import type { DiskVerb } from './operation.js';

export type Fault = DiskFault | TcpFault;

export interface DiskFault {
  readonly plane: 'disk';
  readonly effect: DiskEffect;
  readonly match: DiskMatch;
  readonly trigger: Trigger;
  readonly deadline: Deadline;
  /** Fixes this fault's dice; without it the sidecar chooses them, each time the fault is armed. */
  readonly seed?: number;
}

export interface TcpFault {
  readonly plane: 'tcp';
  readonly effect: TcpEffect;
  readonly match: TcpMatch;
  readonly trigger: Trigger;
  readonly deadline: Deadline;
  readonly seed?: number;
}

export type DiskEffect =
  | { readonly kind: 'latency'; readonly delayMs: number; readonly jitterMs: number }
  | { readonly kind: 'error'; readonly errno: ErrnoName }
  /** Reads and writes are cut to this many bytes. */
  | { readonly kind: 'short'; readonly bytes: number }
  /** Bits flipped in what is read; the file itself stays untouched. */
  | { readonly kind: 'corrupt'; readonly bits: number }
  /** ENOSPC once matched files have grown by this much. */
  | { readonly kind: 'full'; readonly afterBytes: number }
  | { readonly kind: 'throttle'; readonly unit: 'operations' | 'bytes'; readonly perSecond: number }
  | { readonly kind: 'freeze' }
  | { readonly kind: 'readonly' };

export type TcpEffect =
  | { readonly kind: 'latency'; readonly delayMs: number; readonly jitterMs: number }
  /** `each`: every connection has that much for itself; else all that match share it, as they would a link. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number; readonly each: boolean }
  /** When so many bytes have passed, or so long after the connection met the fault; both 0: at once. */
  | { readonly kind: 'reset'; readonly afterBytes: number; readonly afterMs: number }
  /** `closeAfterMs`: connections end in order so long after they met the fault, and what was held is lost. */
  | { readonly kind: 'blackhole'; readonly closeAfterMs: number | null }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'partition' }
  | { readonly kind: 'loss'; readonly chance: number }
  | { readonly kind: 'slice'; readonly bytes: number }
  | { readonly kind: 'slow-close'; readonly delayMs: number }
  | { readonly kind: 'limit'; readonly bytes: number }
  /** Once in each connection that is hit. `tls`: also where it speaks TLS, which makes an abort of it. */
  | { readonly kind: 'corrupt'; readonly bits: number; readonly tls: boolean };

export type DiskEffectKind = DiskEffect['kind'];
export type TcpEffectKind = TcpEffect['kind'];
export type DiskEffectOf<K extends DiskEffectKind> = Extract<DiskEffect, { kind: K }>;
export type TcpEffectOf<K extends TcpEffectKind> = Extract<TcpEffect, { kind: K }>;

export interface DiskMatch {
  /** The verbs as written, groups included, in canonical order; `verbsOf` resolves them. Absent: what the effect implies. */
  readonly on?: readonly (DiskVerb | VerbGroup)[];
  /** Glob below the volume's root; absent: every path. */
  readonly in?: string;
  /** Volume name; absent: every volume. */
  readonly volume?: string;
}

export type VerbGroup = 'read' | 'write' | 'sync' | 'meta' | 'all';

export interface TcpMatch {
  /** Absent: every proxied port. */
  readonly ports?: readonly number[];
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly with?: readonly Peer[];
}

export type Peer =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'range'; readonly address: string; readonly prefixBits: number }
  /** Looked up beside the pod, then as DNS, and followed when it changes. */
  | { readonly kind: 'name'; readonly name: string }
  /** `app=web`: resolved by the controller, since the sidecar has no credentials. */
  | { readonly kind: 'labels'; readonly key: string; readonly value: string }
  /** `@replicas`: a target of an experiment, for which its controller writes the addresses. */
  | { readonly kind: 'target'; readonly name: string }
  /** The pod's own host, its kubelet included. */
  | { readonly kind: 'node' };

/** Which of the matching operations are hit: after `skip`, every `every`th, `first` of them at most, each with `chance`. */
export interface Trigger {
  readonly chance: number;
  readonly every: number;
  /** Of those that `skip` and `every` leave, at most this many are considered; absent: no end. `once` is 1. */
  readonly first?: number;
  readonly skip: number;
}

export type Deadline =
  | { readonly kind: 'default' }
  | { readonly kind: 'for'; readonly ms: number }
  | { readonly kind: 'until'; readonly epochMs: number };
