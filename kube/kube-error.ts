/** What can go wrong between us and the API server. `code` is stable and what to branch on, the message is for people. */
export type KubeErrorCode =
  | 'E_KUBECONFIG'
  | 'E_API_UNREACHABLE'
  | 'E_API_TIMEOUT'
  | 'E_API_ANSWER'
  | 'E_API_TOO_LARGE'
  | 'E_API_UNAUTHORIZED'
  | 'E_API_FORBIDDEN'
  | 'E_API_NOT_FOUND'
  | 'E_API_CONFLICT'
  | 'E_API_EXISTS'
  | 'E_API_GONE'
  | 'E_API_INVALID'
  | 'E_API_STATUS'
  /** We could not make anything of an object: a bug of ours, which must not be every object's. */
  | 'E_OBJECT'
  | 'E_STOPPED';

export class KubeError extends Error {
  constructor(
    readonly code: KubeErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'KubeError';
  }
}

/** `body` is the Status that Kubernetes answers with; its `reason` tells the two sorts of 409 apart. */
export function errorOfStatus(status: number, body: unknown, what: string): KubeError {
  const { reason, message } = readStatus(body);
  return new KubeError(codeOf(status, reason), `${what}: ${message ?? `the API server answered ${status}`}`);
}

export function isKubeError(error: unknown, ...codes: readonly KubeErrorCode[]): error is KubeError {
  return error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));
}

function codeOf(status: number, reason: string | undefined): KubeErrorCode {
  if (reason === 'AlreadyExists') return 'E_API_EXISTS';
  switch (status) {
    case 401:
      return 'E_API_UNAUTHORIZED';
    case 403:
      return 'E_API_FORBIDDEN';
    case 404:
      return 'E_API_NOT_FOUND';
    case 409:
      return 'E_API_CONFLICT';
    case 410:
      return 'E_API_GONE';
    case 422:
      return 'E_API_INVALID';
    default:
      return 'E_API_STATUS';
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
