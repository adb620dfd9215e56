/** Why something must not be done to a node: with the names, the numbers, and what to do instead. */

/** The check that refuses, so that those that may be switched off can be. `unknown`: it cannot be judged. */
export type RefusalKind =
  | 'absent'
  | 'overlap'
  | 'ours'
  | 'dns'
  | 'control-plane'
  | 'share'
  | 'timing'
  | 'unknown';

export interface Refusal {
  readonly kind: RefusalKind;
  readonly node: string;
  readonly message: string;
}
