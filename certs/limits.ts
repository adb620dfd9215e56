/** Every bound of the certificates: how long they live, and how long anything about them may take. */
const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export const certificateLimits = {
  /** A certificate is valid from this long before it was made, for clocks that are behind. */
  backdateMs: hourMs,
  /** The part of its life after which a certificate is renewed. */
  renewAt: 2 / 3,
  rsaBits: 2048,
  serialBytes: 16,
  /** Keys and signatures of one round; a worker that takes longer is ended. */
  issueMs: 60 * secondMs,
  /** How long a new authority is trusted before anybody serves under it: every API server must have heard of it. */
  settleMs: 30 * secondMs,
  /** How often the replicas are asked under which authority they serve, while an old one is still trusted. */
  askMs: 10 * secondMs,
  handshakeMs: 3 * secondMs,
  handshakesAtOnce: 8,
  /** Addresses asked; a webhook with more replicas keeps its old authority until that expires. */
  replicas: 256,
  /** Old authorities trusted at once. */
  oldAuthorities: 4,
  /** PEM of one entry of the Secret, or one file. */
  pemBytes: 256 * 1024,
  /** The leader looks at everything at least this often, whatever the watches say. */
  roundMs: 10 * minuteMs,
  /** Steps taken at once, lest somebody who undoes each of them keep the leader making keys. */
  stepsOfRound: 12,
  /** A burst of changes of the files passes before they are read. */
  debounceMs: 100,
  /** How often files are read again, should the file system tell nothing. */
  pollMs: 10 * secondMs,
} as const;

export interface Lifetimes {
  readonly leafMs: number;
  readonly authorityMs: number;
}

export const lifetimes: Lifetimes = { leafMs: 30 * dayMs, authorityMs: 365 * dayMs };
