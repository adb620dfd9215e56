/** Every bound of what is done to nodes. */
const secondMs = 1000;

export const nodeLimits = {
  /** How often a node is read again because somebody else changed it meanwhile. */
  conflicts: 8,
  /** The longest that the CRD lets an isolation last. */
  isolationMs: 15 * 60 * secondMs,
  /** A heartbeat that was under way when the isolation came into force may still arrive. */
  enforcementMs: 3 * secondMs,
  /** An object whose time is over does nothing; so long it may still be looked at by whoever made it. */
  keptMs: 10 * secondMs,
  /** That are told of one run: a node may come and go. */
  facts: 500,
  /** Between two tries to evict what a budget holds back. */
  evictionMs: { first: secondMs, most: 10 * secondMs },
} as const;
