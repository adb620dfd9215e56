/** What a refusal of the API server is to us. */
import type { ErrorCode } from '../core/error-codes.js';
import { HavocError } from '../core/havoc-error.js';

/** `body` is the Status that Kubernetes answers with; its `reason` tells the two sorts of 409 apart. */
export function errorOfStatus(status: number, body: unknown, what: string): HavocError {
  const { reason, message } = readStatus(body);
  return new HavocError(codeOf(status, reason), `${what}: ${message ?? `the API server answered ${status}`}`);
}

function codeOf(status: number, reason: string | undefined): ErrorCode {
  if (reason === 'AlreadyExists') return 'kube.exists';
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
    default:
      return 'kube.status';
  }
}

function readStatus(body: unknown): { readonly reason?: string; readonly message?: string } {
  if (typeof body !== 'object' || body === null) return {};
  const { reason, message } = body as { readonly reason?: unknown; readonly message?: unknown };
  return {
    ...(typeof reason === 'string' && { reason }),
    ...(typeof message === 'string' && { message }),
  };
}
