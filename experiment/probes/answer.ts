/** What a probe was answered, before its condition is asked; and what it means that there was none. */
import type { Json } from '../../core/json.js';
import type { LedgerNow } from '../ledger/ledger-now.js';
import type { ReadSecret } from '../secret.js';

export type Answer =
  /** For the condition; `seen` for people, in a line. */
  | { readonly kind: 'values'; readonly values: Json; readonly seen: string }
  /** What is measured said no. */
  | { readonly kind: 'failed'; readonly seen: string }
  /** There was an answer, and it does not say what was asked. */
  | { readonly kind: 'unclear'; readonly seen: string }
  /** Nothing is known of what is measured: the probe itself could not do its work. */
  | { readonly kind: 'error'; readonly seen: string };

export interface Asking {
  /** Aborts at the probe's timeout, and when the run is over. */
  readonly signal: AbortSignal;
  /** For a program, beside ours. */
  readonly variables: Readonly<Record<string, string>>;
  /** What the ledger of the run knows; null: it does not write. */
  ledger(): LedgerNow | null;
  readonly secret: ReadSecret;
}

/** Rejects where there is no answer. */
export type Ask<Subject> = (subject: Subject, asking: Asking) => Promise<Answer>;

/** Codes, of the system and of drivers, for a server that is not there, or went away: that of anything else is the probe's own trouble. */
const unanswered: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'HPE_INVALID_CONSTANT',
  'PROTOCOL_CONNECTION_LOST',
]);

/** It ended the connection, and no code of the system says so. */
export const ended = (name: string): Answer => ({
  kind: 'failed',
  seen: `${name} ended the connection before it answered`,
});

export const isUnanswered = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && unanswered.has(String(error.code));
