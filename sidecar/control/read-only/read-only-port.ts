/** The read-only port, as the main thread has it: a thread of its own, which asks here for its pages. */
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { libc } from '../../linux/libc.js';
import type { Pages } from '../pages.js';
import { readOnlyLimits } from './read-only-limits.js';
import type { PageMade, PageRequest, ReadOnlyThreadData } from './read-only-thread.js';
import type { PageName } from './sidecar-pages.js';

const program = new URL('./read-only-thread.js', import.meta.url);
const F_DUPFD_CLOEXEC = 1030;

export interface ReadOnlyPortOptions {
  /** Of the listening socket: its supervisor's, which outlives every thread and fault proxy. */
  readonly fd: number;
  readonly connections: number;
  readonly pages: Pages;
  readonly log: Logger;
}

/** A thread that dies hurts nobody, and another takes its place. Returns what ends it; a process that is killed needs none. */
export function serveReadOnly(options: ReadOnlyPortOptions): () => void {
  const { log } = options;
  let timer: NodeJS.Timeout | undefined;
  let worker = startThread(options);
  const watch = (): void => {
    worker.on('error', (err) => log.error({ code: 'read-only.died', err }, 'the read-only port is away'));
    worker.on('exit', () => {
      timer = setTimeout(() => {
        worker = startThread(options);
        watch();
      }, readOnlyLimits.againMs).unref();
    });
  };
  watch();
  log.info({ code: 'read-only.listening' }, 'the read-only port is served');
  return () => {
    clearTimeout(timer);
    worker.removeAllListeners('exit');
    void worker.terminate();
  };
}

function startThread(options: ReadOnlyPortOptions): Worker {
  // The thread closes its own when it ends.
  const fd = libc.fcntl(options.fd, F_DUPFD_CLOEXEC, 0);
  const workerData: ReadOnlyThreadData = { fd, connections: options.connections };
  const worker = new Worker(program, {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: readOnlyLimits.heapMb },
  });
  worker.unref();
  worker.on('message', async ({ page }: PageRequest) => {
    worker.postMessage({ page, text: await textOf(page, options) } satisfies PageMade);
  });
  return worker;
}

/** What is wrong with a page is told here, and never to who asked. */
async function textOf(page: PageName, { pages, log }: ReadOnlyPortOptions): Promise<string | null> {
  try {
    const text = page === 'faults' ? JSON.stringify(await pages.faultList()) : await pages.metrics();
    if (text.length <= readOnlyLimits.pageBytes) return text;
    log.error(
      { code: 'read-only.too-large', page, characters: text.length },
      'a page is too large to be shown',
    );
  } catch (err) {
    log.error({ code: 'read-only.bug', page, err }, 'a page could not be made');
  }
  return null;
}
