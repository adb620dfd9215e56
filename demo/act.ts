/** One scene of the demo. Seconds since the demo began. */
export interface Act {
  readonly name: string;
  /** What a person would call it. */
  readonly title: string;
  readonly fromS: number;
  readonly toS: number;
  readonly deed: Deed;
}

export type Deed =
  | { readonly kind: 'fault'; readonly sentence: string }
  /** A fault that parts the replica from the database, and ends by itself. */
  | { readonly kind: 'cut-off'; readonly sentence: string }
  /** The plane dies by SIGKILL, so many times, evenly spread. */
  | { readonly kind: 'kill'; readonly times: number };
