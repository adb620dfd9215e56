/**
 * Certificates that others make: `tls.crt` and `tls.key` in a directory, as cert-manager and a mounted Secret have
 * them. Neither Secret nor caBundle are ours then.
 *
 *     const certificates = new FileCertificates({ directory, clock, log });
 *     certificates.onBundle(({ certificatePem, keyPem }) => server.serve({ certificate: certificatePem, key: keyPem }));
 *
 * The kubelet swaps the `..data` link in the directory, others write one file after the other: whatever happens in
 * the directory has it read, a while later, and a pair that does not belong together is passed over.
 */
import { type FSWatcher, watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Alarm } from '../core/alarm.js';
import type { Clock } from '../core/clock.js';
import { sleep } from '../core/sleep.js';
import type { Bundle, CertificateSource } from './bundle.js';
import { LatestBundle } from './latest-bundle.js';
import { certificateLimits } from './limits.js';
import { readPair } from './read-pair.js';

export interface FileCertificatesOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export class FileCertificates implements CertificateSource {
  readonly ready: Promise<void>;
  readonly #options: FileCertificatesOptions;
  readonly #latest = new LatestBundle();
  readonly #running: Promise<void>;
  /** The directory has changed, or this is closing. */
  readonly #changed = new Alarm();
  readonly #closing = new AbortController();
  #watcher: FSWatcher | null = null;
  #problem: string | null = null;

  constructor(options: FileCertificatesOptions) {
    this.#options = options;
    this.ready = this.#latest.ready;
    this.#running = this.#follow();
  }

  onBundle(listener: (bundle: Bundle) => void): () => void {
    return this.#latest.onBundle(listener);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#latest.close();
    this.#changed.ring();
    await this.#running;
    this.#watcher?.close();
  }

  async #follow(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      // Watching comes before reading, so that a change after the reading is an event.
      this.#watcher ??= this.#watch();
      this.#changed.reset();
      await this.#read();
      await sleep(certificateLimits.pollMs, { clock, signal: this.#changed.signal });
      if (this.#changed.hasRung) await sleep(certificateLimits.debounceMs, { clock, signal });
    }
  }

  async #read(): Promise<void> {
    const { directory, clock, log } = this.#options;
    const [certificate, key] = await Promise.all([
      readSmallFile(join(directory, 'tls.crt')),
      readSmallFile(join(directory, 'tls.key')),
    ]);
    if (this.#closing.signal.aborted) return;
    const pair = readPair(certificate, key, clock.wallMs());
    if (typeof pair === 'string') {
      if (pair !== this.#problem) log.warn({ code: `certificates.${pair}`, directory }, 'not served with');
      this.#problem = pair;
      return;
    }
    this.#problem = null;
    if (this.#latest.set(pair)) {
      const notAfter = new Date(pair.notAfterMs).toISOString();
      log.info({ code: 'certificates.served', directory, notAfter }, 'a new certificate is served');
    }
  }

  /** Null when there is no such directory yet, or no watch left: then it is polled. */
  #watch(): FSWatcher | null {
    try {
      const watcher = watch(this.#options.directory, { persistent: false }, () => this.#changed.ring());
      watcher.on('error', () => {
        watcher.close();
        this.#watcher = null;
        this.#changed.ring();
      });
      return watcher;
    } catch (error) {
      this.#options.log.info({ code: 'certificates.polled', err: error }, 'the directory is polled');
      return null;
    }
  }
}

/** Undefined when it is not there, cannot be read, or is not what a PEM file would be: one is as good as the other. */
async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    return size > certificateLimits.pemBytes ? undefined : await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
