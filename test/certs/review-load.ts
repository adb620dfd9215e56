/**
 * Clients that send reviews as an API server does: verified by OpenSSL against the caBundle of the webhook, which it
 * has heard of up to 20 s late, under the name of the Service. For each address one keeps its connection, and one
 * makes a new one for each review.
 */
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { spanOf } from '../../certs/read-pair.js';
import type { Clock } from '../../core/clock.js';

export interface ReviewLoadOptions {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly host: string;
  readonly clock: Clock;
  /** PEM, as it is registered now. */
  readonly caBundle: () => Promise<string>;
}

const everyMs = 8;
const lagMs = 20_000;
const answerMs = 120_000;
const body = JSON.stringify({ kind: 'AdmissionReview', padding: 'x'.repeat(4096) });

interface Client {
  readonly address: string;
  /** Null makes a connection for each review. */
  readonly agent: Agent | null;
}

export class ReviewLoad {
  readonly #options: ReviewLoadOptions;
  readonly #clients: readonly Client[];
  readonly #ticking: NodeJS.Timeout;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #events = new EventEmitter();
  readonly #failures: string[] = [];
  readonly #served = new Set<string>();
  readonly #kept = new Set<TLSSocket>();
  #fresh = 0;
  #sent = 0;
  #answered = 0;
  #firstHeard: string | null = null;
  #heard: { readonly pem: string; readonly atMs: number } | null = null;

  constructor(options: ReviewLoadOptions) {
    this.#options = options;
    this.#clients = options.addresses.flatMap((address) => [
      { address, agent: new Agent({ keepAlive: true, maxSockets: 1 }) },
      { address, agent: null },
    ]);
    this.#ticking = setInterval(() => this.#tick(), everyMs);
  }

  /** Every client has been answered. */
  async underway(): Promise<void> {
    while (this.#answered < 2 * this.#clients.length) await once(this.#events, 'answered');
  }

  async stop() {
    clearInterval(this.#ticking);
    await Promise.all(this.#inFlight);
    for (const { agent } of this.#clients) agent?.destroy();
    return {
      answered: this.#answered,
      failures: this.#failures,
      keptSockets: this.#kept.size,
      freshSockets: this.#fresh,
      served: this.#served,
    };
  }

  #tick(): void {
    const client = this.#clients[this.#sent++ % this.#clients.length] as Client;
    const review = this.#review(client)
      .catch((error: unknown) => {
        this.#failures.push(`${client.address} ${client.agent ? 'kept' : 'fresh'}: ${error}`);
      })
      .finally(() => {
        this.#inFlight.delete(review);
        this.#answered++;
        this.#events.emit('answered');
      });
    this.#inFlight.add(review);
  }

  async #review({ address, agent }: Client): Promise<void> {
    const { host: servername, port } = this.#options;
    const askedMs = this.#options.clock.wallMs();
    const response = await post({
      host: address,
      port,
      servername,
      agent: agent ?? new Agent(),
      ca: await this.#trusted(agent),
    });
    const socket = response.socket as TLSSocket;
    if (agent === null) this.#judge(socket, askedMs);
    else this.#kept.add(socket);
    for await (const _chunk of response);
    if (response.statusCode !== 200) throw new Error(`answered ${response.statusCode}`);
  }

  /** OpenSSL judged by the machine's clock; by the test's own it has to be valid as well. */
  #judge(socket: TLSSocket, nowMs: number): void {
    this.#fresh++;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) throw new Error('no certificate');
    this.#served.add(certificate.fingerprint256);
    const { notBeforeMs, notAfterMs } = spanOf(certificate);
    if (nowMs < notBeforeMs || nowMs >= notAfterMs) throw new Error('not valid by the clock of the test');
  }

  /** One that is kept was verified when it was made: its agent would open another for another authority. */
  async #trusted(agent: Agent | null): Promise<string> {
    if (agent !== null) {
      this.#firstHeard ??= await this.#options.caBundle();
      return this.#firstHeard;
    }
    const atMs = this.#options.clock.monotonicMs();
    if (this.#heard === null || atMs - this.#heard.atMs >= lagMs) {
      this.#heard = { pem: await this.#options.caBundle(), atMs };
    }
    return this.#heard.pem;
  }
}

interface Post {
  readonly host: string;
  readonly port: number;
  readonly servername: string;
  readonly agent: Agent;
  readonly ca: string;
}

function post(options: Post): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, method: 'POST', path: '/inject', timeout: answerMs }, resolve);
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${answerMs} ms`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
