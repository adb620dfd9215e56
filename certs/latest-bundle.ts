/** Tells each bundle once to each listener, those who come late included. */
import { HavocError } from '../core/havoc-error.js';
import type { Bundle } from './bundle.js';

export class LatestBundle {
  readonly ready: Promise<void>;
  readonly #listeners = new Set<(bundle: Bundle) => void>();
  #bundle: Bundle | null = null;
  #becomeReady: () => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor() {
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.#fail = reject;
    });
    this.ready.catch(() => {});
  }

  get current(): Bundle | null {
    return this.#bundle;
  }

  onBundle(listener: (bundle: Bundle) => void): () => void {
    this.#listeners.add(listener);
    if (this.#bundle !== null) listener(this.#bundle);
    return () => this.#listeners.delete(listener);
  }

  /** Says whether it is another than the last. */
  set({ keyPem, certificatePem, notBeforeMs, notAfterMs }: Bundle): boolean {
    if (this.#bundle?.certificatePem === certificatePem && this.#bundle.keyPem === keyPem) return false;
    this.#bundle = { keyPem, certificatePem, notBeforeMs, notAfterMs };
    for (const listener of [...this.#listeners]) listener(this.#bundle);
    this.#becomeReady();
    return true;
  }

  close(): void {
    this.#listeners.clear();
    this.#fail(new HavocError('certificates.stopped', 'closed before there was a certificate'));
  }
}
