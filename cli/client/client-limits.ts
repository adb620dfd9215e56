/** Every bound of what the command line asks of a control endpoint. */
export const clientLimits = {
  /** Longer than the sidecar gives its fault proxies to take a plan. */
  answerMs: 10_000,
  answerBytes: 8 * 1024 * 1024,
  /** Longer than two heartbeats of the event stream. */
  silenceMs: 40_000,
  eventBytes: 256 * 1024,
  /** How often `watch` asks for the counts, and how many times in a row it goes unanswered before it ends. */
  pollMs: 1000,
  unanswered: 5,
} as const;
