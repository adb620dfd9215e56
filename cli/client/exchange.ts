/** One request and its answer, over plain node:http: no Origin header, no proxy, every wait bounded. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { HavocError } from '../../core/havoc-error.js';
import { clientLimits } from './client-limits.js';

export interface Answer {
  readonly status: number;
  /** Undefined when there is no body. */
  readonly body: unknown;
}

export interface Question {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Rejects with `control.unreachable`, `control.timeout` or `control.bad-answer`. */
export async function exchange(
  base: URL,
  question: Question,
  answerMs: number = clientLimits.answerMs,
): Promise<Answer> {
  const signal = AbortSignal.timeout(answerMs);
  try {
    const response = await answerTo(ask(base, question, signal));
    return { status: response.statusCode ?? 0, body: readBody(await readText(response), base) };
  } catch (cause) {
    if (cause instanceof HavocError) throw cause;
    throw signal.aborted ? timedOut(base, answerMs, cause) : unreachable(base, cause);
  }
}

export function ask(
  base: URL,
  { method, path, headers, body }: Question,
  signal: AbortSignal,
): ClientRequest {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const type = text === undefined ? {} : { 'Content-Type': 'application/json' };
  // A connection that is kept would keep this process.
  const outgoing = request(new URL(path, base), {
    method,
    headers: { ...headers, ...type },
    signal,
    agent: false,
  });
  outgoing.end(text);
  return outgoing;
}

export function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.once('error', reject);
  });
}

export function unreachable(base: URL, cause: unknown): HavocError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  const advice =
    'Start a sidecar with `havock8s local`, or say where one is: --control HOST:PORT or HAVOCK8S_CONTROL.';
  const what =
    reason === 'ECONNREFUSED'
      ? `nothing listens at ${base.origin}`
      : `${base.origin} does not answer (${reason})`;
  return new HavocError('control.unreachable', `${what}\n${advice}`, { cause });
}

function timedOut(base: URL, answerMs: number, cause: unknown): HavocError {
  const seconds = answerMs / 1000;
  return new HavocError('control.timeout', `${base.origin} did not answer within ${seconds} s`, { cause });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > clientLimits.answerBytes) {
      throw new HavocError(
        'control.bad-answer',
        `the answer has more than ${clientLimits.answerBytes} bytes`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readBody(text: string, base: URL): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HavocError(
      'control.bad-answer',
      `${base.origin} is not a control endpoint: its answer is not JSON`,
      { cause },
    );
  }
}
