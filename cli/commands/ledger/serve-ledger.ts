/**
 * The process of a pod that keeps ledgers beside the application.
 *
 *     annotation of the pod ─► order ─► PodLedger ─► database
 *                                          └─► pages, GET only ◄─ controller
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { systemClock } from '../../../core/clock.js';
import { takesSignals } from '../../../core/first-process.js';
import { HavocError, messageOf } from '../../../core/havoc-error.js';
import { annotation } from '../../../core/keys.js';
import { sleep } from '../../../core/sleep.js';
import type { LedgerOrder } from '../../../experiment/ledger/pod/ledger-order.js';
import type { LedgerPage, LedgerReports } from '../../../experiment/ledger/pod/ledger-page.js';
import type { PodLedger } from '../../../experiment/ledger/pod/pod-ledger.js';
import {
  createReadOnlyServer,
  type ReadOnlyPage,
} from '../../../sidecar/control/read-only/read-only-server.js';
import { readAnnotationsFile } from '../../../sidecar/registry/annotations/annotations-file.js';
import { oneAnnotation } from '../../../sidecar/registry/annotations/one-annotation.js';
import type { ServePlan } from './ledger-flags.js';

export interface ServeOptions {
  readonly logLevel: string;
  /** Null: this is no pod. */
  readonly podUid: string | null;
}

/** The file is small, and the kubelet takes a second and more to write it. */
const lookMs = 250;

/** Resolves once it has ended as asked; rejects with HavocError. */
export async function serveLedger(plan: ServePlan, { logLevel, podUid }: ServeOptions): Promise<void> {
  const log = pino({ level: logLevel });
  const ending = askedToEnd(log);
  const { PodLedger } = await import('../../../experiment/ledger/pod/pod-ledger.js');
  const ledger = new PodLedger({
    ...{ ...plan, clock: systemClock },
    onState: (state) => log.info({ code: 'ledger.state', ...state }, 'the ledger'),
  });
  const server = createReadOnlyServer({ pages: await pagesOf(ledger, podUid) });
  await listen(server, plan.port);
  log.info({ code: 'ledger.serves', port: (server.address() as AddressInfo).port }, 'is read here');
  try {
    await followOrders(ledger, { plan, log, ending });
  } finally {
    server.close();
    server.closeAllConnections();
    await ledger.close();
  }
}

async function pagesOf(ledger: PodLedger, pod: string | null): Promise<ReadonlyMap<string, ReadOnlyPage>> {
  const { ledgerPaths } = await import('../../../experiment/ledger/pod/ledger-page.js');
  const page = (make: () => LedgerPage | LedgerReports): ReadOnlyPage => ({
    type: 'application/json; charset=utf-8',
    make: async () => Buffer.from(JSON.stringify(make())),
  });
  return new Map([
    [ledgerPaths.now, page(() => ({ pod, ...ledger.page() }))],
    [ledgerPaths.reports, page(() => ({ pod, reports: [...ledger.reports()] }))],
  ]);
}

interface Following {
  readonly plan: ServePlan;
  readonly log: Logger;
  readonly ending: AbortSignal;
}

/** Where the file says nothing, as when it is caught in the middle of an edit, what was last ordered counts. */
async function followOrders(ledger: PodLedger, { plan, log, ending }: Following): Promise<void> {
  const { readLedgerOrder } = await import('../../../experiment/ledger/pod/ledger-order.js');
  let order: LedgerOrder | null = null;
  let unread = '';
  while (!ending.aborted) {
    const file = await readAnnotationsFile(plan.annotations);
    const reading = file.kind === 'text' ? oneAnnotation(file.text, annotation.ledgerRun) : null;
    if (reading?.kind === 'absent') order = null;
    if (reading?.kind === 'value') {
      const read = readLedgerOrder(reading.value);
      if (read === null && unread !== reading.value)
        log.warn({ code: 'ledger.bad-order' }, `the annotation ${annotation.ledgerRun} is no order`);
      unread = read === null ? reading.value : '';
      order = read ?? order;
    }
    await ledger.follow(order);
    await sleep(lookMs, { clock: systemClock, signal: ending });
  }
}

function askedToEnd(log: Logger): AbortSignal {
  const ending = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.once(name, (signal) => {
      log.info({ code: 'ledger.ending', signal }, 'ends; what it remembers stays');
      ending.abort();
    });
  takesSignals();
  return ending.signal;
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port);
    await once(server, 'listening');
  } catch (cause) {
    throw new HavocError('ledger.listen-failed', `cannot listen at port ${port}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
