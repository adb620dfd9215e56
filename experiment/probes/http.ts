/** One request; redirects are answers like others, and are not followed. */
import { once } from 'node:events';
import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { HttpSubject } from '../file/probe-kinds.js';
import { type Answer, type Asking, connectionFailed, silent } from './answer.js';

/** Of a body; what is longer is cut. */
const mostBytes = 64 * 1024;

export async function askHttp(subject: HttpSubject, asking: Asking): Promise<Answer> {
  const { url, method, headers, body } = subject;
  const send = url.startsWith('https:') ? tlsRequest : plainRequest;
  // A connection of its own each time: one that was kept alive says nothing of those who come anew.
  const request = send(url, { method, headers, agent: false, signal: asking.signal });
  try {
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const text = await bodyOf(response);
    const status = response.statusCode ?? 0;
    return {
      kind: 'values',
      values: { status: BigInt(status), body: text, headers: response.headers, json: jsonOf(text) },
      seen: `status ${status}`,
    };
  } catch (error) {
    return asking.signal.aborted ? silent(asking) : connectionFailed(error);
  } finally {
    request.destroy();
  }
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

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
