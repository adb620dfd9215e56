/** One scene of the demo. Seconds since the demo began. */
import { assertNever } from '../../core/assert-never.js';

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
  /** The fault proxy dies by SIGKILL, so many times, evenly spread. */
  | { readonly kind: 'kill'; readonly times: number }
  /** What only one theatre can do. Resolves to what it proved, in words. */
  | { readonly kind: 'own'; readonly told: string; readonly perform: () => Promise<string> };

export function told({ deed }: Act): string {
  switch (deed.kind) {
    case 'fault':
    case 'cut-off':
      return deed.sentence;
    case 'kill':
      return `SIGKILL of the plane, ${deed.times} times`;
    case 'own':
      return deed.told;
    default:
      return assertNever(deed);
  }
}
