/**
 * The thread behind the read-only port. Whatever strangers do costs this thread's time, and the main thread no more than
 * a page every now and then.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../../core/clock.js';
import { readOnlyLimits } from './read-only-limits.js';
import { createReadOnlyServer } from './read-only-server.js';
import { SharedPage } from './shared-page.js';
import { type PageName, pageNames, sidecarPages } from './sidecar-pages.js';

export interface ReadOnlyThreadData {
  /** Of the listening socket, which is this thread's. */
  readonly fd: number;
  readonly connections: number;
}

/** To the main thread. */
export interface PageRequest {
  readonly page: PageName;
}

/** From it. */
export interface PageMade {
  readonly page: PageName;
  /** Null: it could not be made. */
  readonly text: string | null;
}

const { fd, connections } = workerData as ReadOnlyThreadData;
const ask = (page: PageName): void => parentPort?.postMessage({ page } satisfies PageRequest);
const pages = Object.fromEntries(
  pageNames.map((page) => [
    page,
    new SharedPage({
      make: () => ask(page),
      clock: systemClock,
      gapMs: readOnlyLimits.pageGapMs,
      most: 4 * connections,
    }),
  ]),
) as Readonly<Record<PageName, SharedPage>>;

parentPort?.on('message', ({ page, text }: PageMade) => {
  pages[page].made(text === null ? 'failed' : Buffer.from(text));
});

createReadOnlyServer({
  pages: sidecarPages((name) => pages[name].get()),
  limits: { ...readOnlyLimits, connections },
}).listen({ fd });
