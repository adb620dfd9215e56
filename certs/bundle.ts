/** What a replica serves with, and where it comes from. */
export interface Bundle {
  readonly keyPem: string;
  /** The serving certificate first, then what it was issued by, if that is needed. */
  readonly certificatePem: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface CertificateSource {
  /** Once there is something to serve with. Rejects when closed before. */
  readonly ready: Promise<void>;
  /** Tells each bundle once, what there is already at once. Returns the way to stop listening. */
  onBundle(listener: (bundle: Bundle) => void): () => void;
  close(): Promise<void>;
}
