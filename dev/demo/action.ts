/** One thing that is done in the demo. Seconds since the demo began. */
import { assertNever } from '../../core/assert-never.js';

export interface Action {
  readonly name: string;
  /** What a person would call it. */
  readonly title: string;
  readonly fromS: number;
  readonly toS: number;
  readonly disturbance: Disturbance;
}

export type Disturbance =
  | { readonly kind: 'fault'; readonly sentence: string }
  /** A fault that parts the replica from the database, and ends by itself. */
  | { readonly kind: 'cut-off'; readonly sentence: string }
  /** The fault proxy dies by SIGKILL, so many times, evenly spread. */
  | { readonly kind: 'kill'; readonly times: number }
  /** What only one environment can do. Resolves to what it proved, in words. */
  | { readonly kind: 'own'; readonly told: string; readonly perform: () => Promise<string> };

export function told({ disturbance }: Action): string {
  switch (disturbance.kind) {
    case 'fault':
    case 'cut-off':
      return disturbance.sentence;
    case 'kill':
      return `SIGKILL of the fault proxy, ${disturbance.times} times`;
    case 'own':
      return disturbance.told;
    default:
      return assertNever(disturbance);
  }
}
