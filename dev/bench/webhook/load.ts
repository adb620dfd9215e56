/** Has a server asked by another process, on the other core. */
import { fileURLToPath } from 'node:url';
import { run } from '../command.js';
import { onCore } from './cores.js';
import type { Place } from './place.js';
import type { ReviewServer } from './review-server.js';

const script = fileURLToPath(new URL('./load-main.js', import.meta.url));

export interface Load {
  readonly path: '/inject' | '/validate-faults';
  readonly pod: 'usual' | 'large';
  /** Each asks again once it was answered. */
  readonly connections: number;
  /** Of all connections together. */
  readonly reviews: number;
  /** Asked before, and not measured. */
  readonly warmUp: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function load(
  { cores, certificate }: Place,
  server: ReviewServer,
  { path, pod, connections, reviews, warmUp, signal }: Load & { readonly signal: AbortSignal },
): Promise<LoadResult> {
  const args = [server.port, certificate.certificate, path, pod, connections, reviews, warmUp].map(String);
  return JSON.parse(await run(...onCore(cores.load, process.execPath, script, ...args), { signal }));
}
