/** Whether, and when, a fault proxy that ended is started again, and the one that stands by. */

export interface FaultProxyLife {
  /** How often in a row it ended before it served. */
  readonly stillbirths: number;
  /** Since a fault proxy last began to serve; null: none ever did. */
  readonly servedAgoMs: number | null;
}

export type Restart =
  | { readonly kind: 'after'; readonly pauseMs: number }
  | { readonly kind: 'give up'; readonly why: string };

/** What never served has something wrong with it that another start does not mend. */
const mostFirstTries = 3;
/** What served before is tried for longer: who kills it faster than it starts gets bored. */
const mostTries = 10;
const hopelessMs = 30_000;

/** The volumes wait meanwhile, so the first tries follow at once. */
const promptTries = 3;
const firstPauseMs = 25;
const longestPauseMs = 200;

export function restartOf({ stillbirths, servedAgoMs }: FaultProxyLife): Restart {
  const isHopeless =
    servedAgoMs === null
      ? stillbirths >= mostFirstTries
      : stillbirths > mostTries && servedAgoMs > hopelessMs;
  if (isHopeless)
    return { kind: 'give up', why: `the fault proxy ended ${stillbirths} times before it served: giving up` };
  if (stillbirths <= promptTries) return { kind: 'after', pauseMs: 0 };
  return {
    kind: 'after',
    pauseMs: Math.min(longestPauseMs, firstPauseMs * 2 ** (stillbirths - promptTries - 1)),
  };
}

const firstStandbyPauseMs = 1000;
const longestStandbyPauseMs = 60_000;

/** Until another stands by: one that is killed again and again, as for its memory, must not cost a processor. */
export const standbyPauseMs = (deathsInARow: number): number =>
  Math.min(longestStandbyPauseMs, firstStandbyPauseMs * 2 ** (deathsInARow - 1));
