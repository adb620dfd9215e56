/** One transaction as its client saw it. Milliseconds since the demo began. */
export interface Transaction {
  readonly id: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly outcome: Outcome;
}

export type Outcome =
  /** COMMIT was answered: from here on it must never be lost. */
  | 'acknowledged'
  /** The database said no; it must not be there. */
  | 'refused'
  /** The connection broke before COMMIT was answered: there or not, both are right. */
  | 'unknown';
