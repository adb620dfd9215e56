/** One HTTP request to the API server: as a whole, or line by line while it lasts. Bounded in time and in size. */
import http from 'node:http';
import https from 'node:https';
import { HavocError } from '../core/havoc-error.js';
import { errorOfStatus } from './error-of-status.js';
import { kubeLimits } from './limits.js';

export interface HttpServer {
  readonly server: string;
  /** Then the agent that `authenticate` set is kept, since it knows the proxy. */
  readonly isProxied: boolean;
  /** Bound of one call, and of the beginning of a watch; `kubeLimits.callMs` without it. */
  readonly callMs?: number;
  /** Adds credentials, freshly for each request: tokens are short-lived. */
  readonly authenticate: (request: https.RequestOptions) => Promise<void>;
}

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: string;
  readonly contentType?: string;
}

interface StreamRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly signal: AbortSignal;
}

/** Sockets are kept between calls, but never keep the process. However many watches there are, a call has its socket. */
const agents = {
  call: agentsOf(kubeLimits.connections),
  watch: agentsOf(kubeLimits.watches),
};

type Purpose = keyof typeof agents;

function agentsOf(maxSockets: number): { readonly https: https.Agent; readonly http: http.Agent } {
  const options = { keepAlive: true, maxSockets };
  return { https: new https.Agent(options), http: new http.Agent(options) };
}

export interface HttpAnswer {
  /** Parsed. */
  readonly body: unknown;
  /** When it was made, as its header says. */
  readonly date: string | undefined;
}

/** Resolves with the parsed answer; rejects with a HavocError for everything else. */
export async function exchange(server: HttpServer, request: HttpRequest): Promise<unknown> {
  return (await answerOf(server, request)).body;
}

export async function answerOf(server: HttpServer, request: HttpRequest): Promise<HttpAnswer> {
  const what = `${request.method} ${request.path}`;
  const { callMs = kubeLimits.callMs } = server;
  const signal = AbortSignal.timeout(callMs);
  const answer = await known(what, signal, async () => {
    const response = await send(server, request, { purpose: 'call', signal });
    const body = parse(await readWhole(response, what));
    return { status: response.statusCode ?? 0, body, date: response.headers.date };
  });
  if (answer.status < 200 || answer.status > 299) throw errorOfStatus(answer.status, answer.body, what);
  return answer;
}

/** Resolves when the answer ends or `signal` is given; an exception of `onLine` ends it too. */
export async function stream(
  server: HttpServer,
  { path, query, signal }: StreamRequest,
  onLine: (line: string) => void,
): Promise<void> {
  const what = `WATCH ${path}`;
  const headers = new AbortController();
  const { callMs = kubeLimits.callMs } = server;
  const late = setTimeout(() => headers.abort(), callMs);
  const either = AbortSignal.any([signal, headers.signal]);
  try {
    await known(what, headers.signal, async () => {
      const request = { method: 'GET', path, query };
      const response = await send(server, request, { purpose: 'watch', signal: either });
      clearTimeout(late);
      if (response.statusCode !== 200) {
        throw errorOfStatus(response.statusCode ?? 0, parse(await readWhole(response, what)), what);
      }
      for await (const line of lines(response, what)) onLine(line);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearTimeout(late);
  }
}

async function send(
  server: HttpServer,
  request: HttpRequest,
  { purpose, signal }: { readonly purpose: Purpose; readonly signal: AbortSignal },
): Promise<http.IncomingMessage> {
  const url = new URL(server.server.replace(/\/$/, '') + request.path);
  url.search = request.query?.toString() ?? '';
  const options: https.RequestOptions = {
    method: request.method,
    headers: {
      Accept: 'application/json',
      'User-Agent': 'havock8s',
      ...(request.body !== undefined && {
        'Content-Type': request.contentType,
        'Content-Length': Buffer.byteLength(request.body),
      }),
    },
  };
  await server.authenticate(options);
  const secure = url.protocol === 'https:';
  if (!server.isProxied) options.agent = agents[purpose][secure ? 'https' : 'http'];
  options.signal = signal;
  return await new Promise((resolve, reject) => {
    const sent = (secure ? https : http).request(url, options, resolve);
    sent.on('error', reject);
    sent.end(request.body);
  });
}

async function readWhole(response: http.IncomingMessage, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > kubeLimits.answerBytes) {
      throw new HavocError(
        'kube.too-large',
        `${what}: the answer is larger than ${kubeLimits.answerBytes} bytes`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A long line comes in many chunks, which are put together once. */
async function* lines(response: http.IncomingMessage, what: string): AsyncGenerator<string> {
  let begun: string[] = [];
  let length = 0;
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const [first = '', ...others] = chunk.split('\n');
    begun.push(first);
    length += first.length;
    for (const next of others) {
      const line = begun.join('');
      [begun, length] = [[next], next.length];
      if (line !== '') yield line;
    }
    if (length > kubeLimits.lineBytes) {
      throw new HavocError('kube.bad-answer', `${what}: a line is longer than ${kubeLimits.lineBytes}`);
    }
  }
}

/** A proxy in between may answer in anything: then the first words have to do. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}

/** Gives every failure of the network the code it has for whoever waits. */
async function known<T>(what: string, late: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HavocError) throw error;
    if (late.aborted) {
      throw new HavocError('kube.timeout', `${what}: no answer in time`, {
        cause: error,
      });
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new HavocError('kube.unreachable', `${what}: ${why}`, { cause: error });
  }
}
