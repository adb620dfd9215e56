/** Every bound of the conversation with the API server: sizes, waits, and how often something is tried again. */
const secondMs = 1000;
const minuteMs = 60 * secondMs;

export const kubeLimits = {
  /** One call, from asking to the last byte of the answer. */
  callMs: 10 * secondMs,
  /**
   * The largest answer, which is one page of a list. A page that is larger is asked for again with fewer objects, down
   * to one: etcd holds 1.5 MiB of each, which JSON may spell six times as long (`\u003c`).
   */
  answerBytes: 16 * 1024 * 1024,
  /** One line of a watch: one object. */
  lineBytes: 16 * 1024 * 1024,
  /** Objects of one page of a list; of all its pages, where they are kept; and where each is only looked at. */
  pageItems: 500,
  items: 20_000,
  listedItems: 500_000,
  /** Calls that are made at the same time; others wait. */
  connections: 32,
  /** A watch holds a connection as long as it lives. */
  watches: 2000,
  /** A watch gets a bookmark about every minute: one that is silent this long is dead, whatever its socket says. */
  watchSilenceMs: 5 * minuteMs,
  /** So often a cache is listed again, should a watch have lost something. */
  relistMs: 10 * minuteMs,
  /** A watch that ended sooner counts as a failure, lest a server that hangs up at once be asked without pause. */
  watchLifeMs: 5 * secondMs,
  backoffMs: { first: 500, most: 30 * secondMs },
} as const;

const renewDeadlineMs = 10 * secondMs;

/** As client-go: whoever leads gives up 5 s before anybody else may take over. */
export const leaseLimits = {
  durationMs: renewDeadlineMs + 5 * secondMs,
  renewDeadlineMs,
  retryMs: 2 * secondMs,
  /** A retry of whoever does not lead is put off by up to this part of itself. */
  jitter: 1.2,
  /** How long stopping may take to hand the lease back. */
  releaseMs: 2 * secondMs,
} as const;
