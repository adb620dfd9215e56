/** How far the replica is behind, looked at again and again, and what that says of a time without a network. */

export interface LagSample {
  /** Milliseconds since the demo began. */
  readonly atMs: number;
  /** WAL on the primary's disk that the replica has not replayed. */
  readonly bytes: number;
  /** The primary's process at the other end of the replica's connection; null while there is none. */
  readonly senderPid: number | null;
}

export interface CutOff {
  readonly mostBytes: number;
  /** From where it was furthest behind to where it was level; null: not yet. */
  readonly caughtUpMs: number | null;
  /** Was it one connection, from the beginning until the replica was level? */
  readonly sameConnection: boolean;
}

/** What eight clients write in a fraction of a second: no more can be asked of a replica that follows. */
const levelBytes = 64 * 1024;

/** Of the samples since `fromMs`. */
export function cutOffSince(samples: readonly LagSample[], fromMs: number): CutOff {
  const since = samples.filter(({ atMs }) => atMs >= fromMs);
  const mostBytes = since.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const furthest = since.findLastIndex(({ bytes }) => bytes === mostBytes);
  const level = since.findIndex(({ bytes }, index) => index >= furthest && bytes <= levelBytes);
  const [from, to] = [since[furthest], since[level]];
  const [first, ...others] = to ? since.slice(0, level + 1) : since;
  return {
    mostBytes,
    caughtUpMs: from && to ? to.atMs - from.atMs : null,
    sameConnection: isOneConnection(first?.senderPid ?? null, others),
  };
}

const isOneConnection = (senderPid: number | null, samples: readonly LagSample[]): boolean =>
  senderPid !== null && samples.every((sample) => sample.senderPid === senderPid);

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
