/** One HTTP request over a connection of its own: one that was kept alive says nothing of those who come next. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, type OutgoingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { jsonOf } from '../../core/json.js';
import type { Access } from '../file/access.js';
import { secretOf } from '../secret.js';

export interface HttpQuestion extends Access {
  readonly url: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Null where it is none. */
  readonly json: unknown;
}

/** Of a body; what is longer is cut. */
const mostBytes = 1024 * 1024;

/** Redirects are answers like others. Rejects with the system's error, or when `signal` aborts. */
export async function httpExchange(question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> {
  const { url, method = 'GET', headers, body, tls } = question;
  const options = { method, headers: { ...headers, ...authorization(question) }, agent: false, signal };
  const request = url.startsWith('https:')
    ? tlsRequest(url, {
        ...options,
        rejectUnauthorized: tls?.insecureSkipVerify !== true,
        ...(tls?.ca !== undefined && { ca: readFileSync(tls.ca) }),
      })
    : plainRequest(url, options);
  try {
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const text = await bodyOf(response);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: text,
      json: jsonOf(text) ?? null,
    };
  } finally {
    request.destroy();
  }
}

/** A path of a server that may itself be below a path. */
export const urlBelow = (url: string, path: string): URL =>
  new URL(path, url.endsWith('/') ? url : `${url}/`);

function authorization({ bearerTokenFrom, basic }: Access): OutgoingHttpHeaders {
  if (bearerTokenFrom !== undefined) return { authorization: `Bearer ${secretOf(bearerTokenFrom)}` };
  if (basic === undefined) return {};
  const words = `${basic.username}:${secretOf(basic.passwordFrom)}`;
  return { authorization: `Basic ${Buffer.from(words).toString('base64')}` };
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= mostBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8');
}
