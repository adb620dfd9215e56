/** What a refusal of the API server is to us. */
import type { ErrorCode } from '../core/error-codes.js';
import { HavocError } from '../core/havoc-error.js';

/** `body` is the Status that Kubernetes answers with: its `reason` tells the two sorts of 409 apart, its causes those of 429. */
export function errorOfStatus(status: number, body: unknown, what: string): HavocError {
  const { reason, message, causes = [] } = readStatus(body);
  const code = codeOf(status, reason, causes);
  const because = causes.map((cause) => cause.message).filter((text) => typeof text === 'string');
  const said = code === 'kube.budget' ? [message, ...because].join(' ') : message;
  return new HavocError(code, `${what}: ${said ?? `the API server answered ${status}`}`);
}

function codeOf(status: number, reason: string | undefined, causes: readonly Cause[]): ErrorCode {
  if (reason === 'AlreadyExists') return 'kube.exists';
  if (status === 429 && causes.some((cause) => cause.reason === 'DisruptionBudget')) return 'kube.budget';
  switch (status) {
    case 401:
      return 'kube.unauthorized';
    case 403:
      return 'kube.forbidden';
    case 404:
      return 'kube.not-found';
    case 409:
      return 'kube.conflict';
    case 410:
      return 'kube.gone';
    case 422:
      return 'kube.invalid';
    case 429:
      return 'kube.busy';
    default:
      return 'kube.status';
  }
}

interface Cause {
  readonly reason?: unknown;
  readonly message?: unknown;
}

function readStatus(body: unknown): {
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly Cause[];
} {
  if (typeof body !== 'object' || body === null) return {};
  const { reason, message, details } = body as {
    readonly reason?: unknown;
    readonly message?: unknown;
    readonly details?: { readonly causes?: unknown } | null;
  };
  const causes: unknown = details?.causes;
  return {
    ...(typeof reason === 'string' && { reason }),
    ...(typeof message === 'string' && { message }),
    ...(Array.isArray(causes) && { causes: causes.filter((cause) => typeof cause === 'object' && cause) }),
  };
}
