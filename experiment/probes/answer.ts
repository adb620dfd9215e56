/** What a probe was answered, before its condition is asked. */
import type { Json } from '../../core/json.js';

export type Answer =
  /** For the condition; `seen` for people, in a line. */
  | { readonly kind: 'values'; readonly values: Json; readonly seen: string }
  /** What is measured did not do what it is there for: it refused, or was silent. */
  | { readonly kind: 'failed'; readonly seen: string }
  /** Nothing is known of what is measured: the probe itself could not do its work. */
  | { readonly kind: 'error'; readonly seen: string };

export interface Asking {
  /** Aborts at the probe's timeout, and when the run is over. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** For a program, beside ours. */
  readonly variables: Readonly<Record<string, string>>;
}

export const silent = ({ timeoutMs }: Asking): Answer => ({
  kind: 'failed',
  seen: `no answer within ${timeoutMs} ms`,
});

/** What the system says of a connection that failed: the subject's refusal, or that it cannot be found. */
export function connectionFailed(error: unknown): Answer {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const seen = error instanceof Error ? error.message || code : String(error);
  return { kind: isOfTheSubject.has(code) ? 'failed' : 'error', seen };
}

const isOfTheSubject: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'UND_ERR_SOCKET',
  'HPE_INVALID_CONSTANT',
]);
