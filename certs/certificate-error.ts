/** An operational failure about certificates. `code` is stable, the message is for people. */
export class CertificateError extends Error {
  constructor(
    readonly code: 'E_CERTIFICATE_ISSUE' | 'E_STOPPED',
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CertificateError';
  }
}
