/**
 * The server from its start to its end.
 *
 *     probes answer ─ first certificate ─► reviews answered ─ drain ─► told to leave, 503 ─ notice ─► in flight ─► closed
 *                        next ones: new connections get them
 */
import type { Logger } from 'pino';
import { createApp } from './create-app.js';
import { type ServerLimits, serverLimits } from './limits.js';
import {
  type Listening,
  listenPlainly,
  listenSecurely,
  type SecureListening,
  type ServingPair,
} from './listen.js';
import type { Metrics } from './metrics.js';
import { createProbes } from './probes.js';
import type { Webhook, WebhookName } from './review-result.js';

export interface ServerOptions {
  readonly port: number;
  readonly metricsPort: number;
  /** Every address of the host without it. */
  readonly host?: string;
  readonly webhooks: Readonly<Record<WebhookName, Webhook>>;
  readonly metrics: Metrics;
  /** What else it waits for before it may be asked. */
  readonly notReady: () => readonly string[];
  readonly log: Logger;
  readonly limits?: ServerLimits;
  /** Resolves after so long, or at once when the signal says so. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export class WebhookServer {
  readonly #options: ServerOptions;
  readonly #limits: ServerLimits;
  readonly #atOnce = new AbortController();
  #probes: Listening | null = null;
  /** Settles once the first certificate is served; later ones wait for it. */
  #reviews: Promise<SecureListening> | null = null;
  #servesSince = false;
  #end: Promise<void> | null = null;

  private constructor(options: ServerOptions) {
    this.#options = options;
    this.#limits = options.limits ?? serverLimits;
  }

  /** Rejects with the system's error where the port of the probes cannot be had. */
  static async open(options: ServerOptions): Promise<WebhookServer> {
    const server = new WebhookServer(options);
    const { metrics, metricsPort: port } = options;
    const probes = createProbes({ registry: metrics.registry, notReady: () => server.#notReady() });
    server.#probes = await listenPlainly(probes, { ...server.#where, port });
    return server;
  }

  get probesPort(): number | null {
    return this.#probes?.port ?? null;
  }

  /** The first one opens the port of the reviews, and rejects with the system's error where it cannot be had. */
  async serve(pair: ServingPair): Promise<number> {
    if (this.#reviews !== null) {
      const reviews = await this.#reviews;
      reviews.serve(pair);
      return reviews.port;
    }
    const { webhooks, metrics, log, port } = this.#options;
    const isDraining = () => this.#isDraining;
    const app = createApp({ webhooks, metrics, log, isDraining, limits: this.#limits });
    this.#reviews = listenSecurely(app, pair, { ...this.#where, port });
    const reviews = await this.#reviews;
    this.#servesSince = true;
    return reviews.port;
  }

  /** Answers for a while yet, asking everybody to go elsewhere, and then ends. Again: the same end. */
  drain(): Promise<void> {
    this.#end ??= this.#drain();
    return this.#end;
  }

  /** Ends now, whoever waits. */
  close(): Promise<void> {
    this.#atOnce.abort();
    return this.drain();
  }

  get #where() {
    const { host } = this.#options;
    return { limits: this.#limits, ...(host === undefined ? {} : { host }) };
  }

  get #isDraining(): boolean {
    return this.#end !== null;
  }

  #notReady(): readonly string[] {
    return [
      ...(this.#isDraining ? ['the webhook is ending'] : []),
      ...(this.#servesSince ? [] : ['no certificate is served yet']),
      ...this.#options.notReady(),
    ];
  }

  async #drain(): Promise<void> {
    const { signal } = this.#atOnce;
    await this.#options.pause(this.#limits.noticeMs, signal);
    const reviews = await this.#reviews?.catch(() => null);
    const inFlight = reviews?.close(signal.aborted ? 0 : this.#limits.inFlightMs);
    signal.addEventListener('abort', () => void reviews?.close(0), { once: true });
    await inFlight;
    await this.#probes?.close(0);
  }
}
