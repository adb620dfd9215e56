/** What clients asked of registers, and what they were told. */
import type { RegisterOperation, RegisterValue } from '../linearizable/register.js';

/** Milliseconds since the ledger began. */
export interface RegisterCall {
  /** From 0. */
  readonly register: number;
  readonly operation: RegisterOperation;
  readonly calledMs: number;
  /** Null: no answer came, and it may be done later, or never. */
  readonly returnedMs: number | null;
}

export const registerName = (register: number): string => `register-${register}`;

/** In the order of their numbers, as they are now. */
export type RegisterValues = readonly RegisterValue[];
