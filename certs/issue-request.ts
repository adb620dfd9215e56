/** What is asked of the worker that makes keys and signs, and what it answers: the same two PEM texts either way. */
export type IssueRequest = AuthorityRequest | LeafRequest;

export interface AuthorityRequest {
  readonly kind: 'authority';
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface LeafRequest {
  readonly kind: 'leaf';
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly names: readonly string[];
  readonly authority: IssuedPem;
}

export interface IssuedPem {
  readonly certificatePem: string;
  readonly keyPem: string;
}
