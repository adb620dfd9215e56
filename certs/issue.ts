/** Makes authorities and serving certificates, on a thread of their own: the event loop goes on answering reviews. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { HavocError } from '../core/havoc-error.js';
import type { IssuedPem, IssueRequest } from './issue-request.js';
import { certificateLimits, type Lifetimes } from './limits.js';
import { type Pair, readPair } from './read-pair.js';

export async function issueAuthority(nowMs: number, { authorityMs }: Lifetimes): Promise<Pair> {
  return await issue(nowMs, { kind: 'authority', ...span(nowMs, nowMs + authorityMs) });
}

/** `names` are DNS names. It never outlives its authority. */
export async function issueLeaf(
  nowMs: number,
  { leafMs }: Lifetimes,
  { authority, names }: { readonly authority: Pair; readonly names: readonly string[] },
): Promise<Pair> {
  const { certificatePem, keyPem, notAfterMs } = authority;
  return await issue(nowMs, {
    kind: 'leaf',
    ...span(nowMs, Math.min(nowMs + leafMs, notAfterMs)),
    names,
    authority: { certificatePem, keyPem },
  });
}

function span(nowMs: number, notAfterMs: number) {
  return { notBeforeMs: nowMs - certificateLimits.backdateMs, notAfterMs };
}

async function issue(nowMs: number, request: IssueRequest): Promise<Pair> {
  const { certificatePem, keyPem } = await inWorker(request);
  const pair = readPair(certificatePem, keyPem, nowMs);
  if (typeof pair === 'string')
    throw new HavocError('certificates.not-made', `a new ${request.kind}: ${pair}`);
  return pair;
}

async function inWorker(request: IssueRequest): Promise<IssuedPem> {
  const worker = new Worker(new URL('./issue-worker.js', import.meta.url), { workerData: request });
  try {
    const signal = AbortSignal.timeout(certificateLimits.issueMs);
    const [issued] = (await once(worker, 'message', { signal })) as [IssuedPem];
    return issued;
  } catch (error) {
    throw new HavocError('certificates.not-made', `no ${request.kind} could be made`, { cause: error });
  } finally {
    await worker.terminate();
  }
}
