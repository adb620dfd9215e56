/** What a pod that keeps ledgers says at its read-only port. Nothing can be changed there. */
import { ledgerPort } from '../../../core/pod-layout.js';
import {
  type LedgerPage,
  type LedgerReport,
  ledgerPage,
  ledgerPaths,
  ledgerReports,
} from '../../ledger/pod/ledger-page.js';
import type { PodView } from './pod-view.js';
import { readPage } from './read-only-page.js';

export interface LedgerPodReaderOptions {
  /** Undefined: it is not known. */
  readonly pod: () => PodView | undefined;
  /** Where it is read; the usual port without it. */
  readonly port?: number;
}

/** Both reject where it does not answer in time, or another pod does. */
export class LedgerPodReader {
  readonly #options: LedgerPodReaderOptions;

  constructor(options: LedgerPodReaderOptions) {
    this.#options = options;
  }

  async now(): Promise<LedgerPage> {
    const { pod, answer } = await this.#ask(ledgerPaths.now);
    const page = ledgerPage.parse(answer);
    checkPod(page.pod, pod);
    return page;
  }

  /** Null: it was not read back yet. */
  async report(run: string): Promise<LedgerReport | null> {
    const { pod, answer } = await this.#ask(ledgerPaths.reports);
    const page = ledgerReports.parse(answer);
    checkPod(page.pod, pod);
    return page.reports.find((report) => report.run === run) ?? null;
  }

  async #ask(path: string): Promise<{ readonly pod: PodView; readonly answer: unknown }> {
    const { pod: podNow, port = ledgerPort } = this.#options;
    const pod = podNow();
    if (pod === undefined || pod.address === '') throw new Error('it is not there, or has no address');
    const whose = `the ledger in pod ${pod.name}`;
    return { pod, answer: await readPage({ address: pod.address, port, path, whose }) };
  }
}

function checkPod(said: string | null, { uid, name }: PodView): void {
  if (said !== null && said !== uid)
    throw new Error(`at the address of ${name} the ledger of another pod answers`);
}
