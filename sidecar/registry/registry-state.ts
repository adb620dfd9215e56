/** What the registry as a whole is like, for the status. */

export interface RegistryState {
  readonly version: number;
  readonly changedMs: number;
  readonly armed: number;
  readonly listed: number;
  /** What the dice of faults follow from whose sentence says nothing. */
  readonly seed: number;
  /** By `--seed`; else it was taken by chance. */
  readonly seedGiven: boolean;
  /** The code of what disarmed everything. */
  readonly stopped: string | null;
}
