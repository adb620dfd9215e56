/** A register: one value that is read, written, and written only where it is as expected. */
import type { Model } from './linearize.js';

/** Null: it has never been written. */
export type RegisterValue = string | null;

export type RegisterOperation =
  | { readonly kind: 'read'; readonly value: RegisterValue }
  | { readonly kind: 'write'; readonly value: string }
  | {
      readonly kind: 'compare-and-set';
      readonly expected: string;
      readonly value: string;
      /** Whether it was as expected. Null: nobody knows. */
      readonly swapped: boolean | null;
    };

export const register: Model<RegisterValue, RegisterOperation> = {
  initial: null,
  step: (state, operation) => {
    switch (operation.kind) {
      case 'read':
        return operation.value === state ? state : undefined;
      case 'write':
        return operation.value;
      default:
        return compareAndSet(state, operation);
    }
  },
};

function compareAndSet(
  state: RegisterValue,
  { expected, value, swapped }: Extract<RegisterOperation, { readonly kind: 'compare-and-set' }>,
): RegisterValue | undefined {
  const isExpected = state === expected;
  if (swapped !== null && swapped !== isExpected) return undefined;
  return isExpected ? value : state;
}
