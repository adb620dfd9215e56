/** What the disk server tells of itself, for the status page and the metrics. */

export interface DiskStatus {
  readonly holderPid: number;
  readonly mounts: readonly MountStatus[];
  /** Operations that wait: delayed, throttled or frozen. */
  readonly parked: number;
  /** Operations let through because more than `limits.parked` waited. */
  readonly parkedOverflows: number;
  /** Files that were not opened for want of descriptors. */
  readonly exhausted: number;
  /** How often the fault proxy was started again under the living mounts. */
  readonly restarts: number;
  /** Set once an uncaught error disarmed everything: its code and message. */
  readonly disarmedBy: string | null;
  readonly operations: readonly OperationStatus[];
}

export interface MountStatus {
  readonly volume: string;
  readonly backing: string;
  readonly mountpoint: string;
  readonly readOnly: boolean;
  /** The protocol agreed with the kernel, as `7.45`. */
  readonly protocol: string;
  /** The kernel's names of the features in use, as `ASYNC_READ`. */
  readonly features: readonly string[];
  /** Can a request that was in flight when the fault proxy died be asked for again (Linux 6.9)? */
  readonly resend: boolean;
  /** Why the disk beneath cannot be used, as a sentence; null: nothing is known against it. */
  readonly backingTrouble: string | null;
}

export interface OperationStatus {
  readonly verb: string;
  readonly count: number;
  readonly errors: number;
  readonly totalSeconds: number;
  /** Counts per bucket of `operationBucketsSeconds`, not cumulated, the last one without a bound. */
  readonly buckets: readonly number[];
}

/** Upper bounds of the latency histogram, in seconds; one bucket more is above them all. */
export const operationBucketsSeconds: readonly number[] = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
  0.5, 1, 2.5,
];
