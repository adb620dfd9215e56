/** The one error of ours. What goes from process to process as text is read back by `readErrorCode`. */
import { type ErrorCode, isErrorCode } from './error-codes.js';

/** An operational failure: something outside this program is not as it must be. `code` is stable, the message is for people. */
export class HavocError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'HavocError';
  }
}

/** Is it one of ours, with one of these codes? */
export const hasCode = (error: unknown, ...codes: readonly ErrorCode[]): error is HavocError =>
  error instanceof HavocError && codes.includes(error.code);

/** What nobody foresaw is `otherwise`, usually our bug, whatever code the system gave it. */
export const codeOf = (error: unknown, otherwise: ErrorCode = 'sidecar.bug'): ErrorCode =>
  error instanceof HavocError ? error.code : otherwise;

/** Of what another process said: its code, or `otherwise` where it is none that we know. */
export const readErrorCode = (said: unknown, otherwise: ErrorCode): ErrorCode =>
  isErrorCode(said) ? said : otherwise;

/** The failure of another process, as it told it. */
export const readError = (said: { readonly code: string; readonly message: string }): HavocError =>
  new HavocError(readErrorCode(said.code, 'sidecar.bug'), said.message);

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
