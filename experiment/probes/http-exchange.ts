/** One HTTP request over a connection of its own: one that was kept alive says nothing of those who come next. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, type OutgoingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { jsonOf } from '../../core/json.js';
import type { Access } from '../file/access.js';
import type { ReadSecret } from '../secret.js';
import type { Asking } from './answer.js';

export interface HttpQuestion extends Pick<Access, 'tls'> {
  readonly url: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
  /** Whom to trust, where that is no file: beside `tls`. */
  readonly secure?: ConnectionOptions;
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

/** As a probe asks: by whatever its file says that it shows of itself. */
export async function askedExchange(
  { bearerTokenFrom, basic, ...question }: HttpQuestion & Access,
  { signal, secret }: Pick<Asking, 'signal' | 'secret'>,
): Promise<HttpAnswer> {
  const authorization = await authorizationOf({ bearerTokenFrom, basic }, secret);
  return httpExchange({ ...question, headers: { ...question.headers, ...authorization } }, signal);
}

/** Redirects are answers like others. Rejects with the system's error, or when `signal` aborts. */
export async function httpExchange(question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer> {
  const { url, method = 'GET', headers, body, tls, secure } = question;
  const options = { method, headers: { ...headers }, agent: false, signal };
  const request = url.startsWith('https:')
    ? tlsRequest(url, {
        ...options,
        rejectUnauthorized: tls?.insecureSkipVerify !== true,
        ...(tls?.ca !== undefined && { ca: readFileSync(tls.ca) }),
        ...secure,
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

async function authorizationOf(
  { bearerTokenFrom, basic }: { readonly [K in 'bearerTokenFrom' | 'basic']: Access[K] | undefined },
  secret: ReadSecret,
): Promise<OutgoingHttpHeaders> {
  if (bearerTokenFrom !== undefined) return { authorization: `Bearer ${await secret(bearerTokenFrom)}` };
  if (basic === undefined) return {};
  const words = `${basic.username}:${await secret(basic.passwordFrom)}`;
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
