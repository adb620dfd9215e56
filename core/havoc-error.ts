/** An operational failure: something outside this program is not as it must be. `code` is stable, the message is for people. */
export class HavocError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'HavocError';
  }
}
