/**
 * Between one process and a real API server: it counts what is asked, and can let an answer be lost, or something happen
 * when it has been given.
 *
 *     controller ─ HTTP ─► proxy ─ HTTPS ─► kube-apiserver
 *                    ◄─ given │ lost ◄─
 */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import type { ApiServer } from '../../../dev/cluster/api-server.js';

export interface ApiRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Of the answer. */
  readonly status: number;
}

export interface Answering {
  readonly isLost: boolean;
  /** When the answer is given, or is lost. */
  readonly after: () => void;
}

type Intercept = (answered: ApiRequest) => Answering | null;

export class ApiProxy {
  readonly url: string;
  /** Asked when the API server has answered; null: the answer is given, and nothing else happens. */
  intercept: Intercept = () => null;
  /** All that was answered. */
  answered = 0;

  private constructor(server: http.Server) {
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(t: TestContext, { url, authority }: ApiServer): Promise<ApiProxy> {
    const agent = new https.Agent({ keepAlive: true, ca: authority });
    const server = http.createServer((request, response) => {
      proxy.#pass(new URL(request.url ?? '/', url), { request, response, agent });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new ApiProxy(server);
    t.after(() => {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    });
    return proxy;
  }

  /** As the file says, but by this way. Returns the path of what was written beside it. */
  kubeconfig(file: string): string {
    const config = parse(readFileSync(file, 'utf8'));
    const through = `${file}.through-proxy`;
    // client-node speaks plain HTTP only where certificates do not count.
    const cluster = { server: this.url, 'insecure-skip-tls-verify': true };
    const clusters = [{ name: config.clusters[0].name, cluster }];
    writeFileSync(through, stringify({ ...config, clusters }), { mode: 0o600 });
    return through;
  }

  #pass(url: URL, { request, response, agent }: Passing): void {
    const { method = 'GET', headers } = request;
    const sent = https.request(url, { method, headers: { ...headers, host: url.host }, agent }, (answer) => {
      this.#answer({ method, path: url.pathname, status: answer.statusCode ?? 0 }, answer, response);
    });
    // Whoever asked is gone, or the API server: the other side is told by the end of its connection.
    response.on('close', () => sent.destroy());
    pipeline(request, sent).catch(() => response.destroy());
  }

  #answer(answered: ApiRequest, answer: http.IncomingMessage, response: http.ServerResponse): void {
    this.answered += 1;
    const what = this.intercept(answered);
    if (what?.isLost) {
      what.after();
      response.destroy();
      return;
    }
    if (what !== null) response.once('finish', what.after);
    response.writeHead(answered.status, answer.headers);
    pipeline(answer, response).catch(() => {});
  }
}

interface Passing {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly agent: https.Agent;
}

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export const isWrite = ({ method }: ApiRequest): boolean => !reading.has(method);
