/** What happens in the demo, as the events of a run: so that the timeline of its report draws it. */
import { programVersion } from '../../core/program-version.js';
import type { RunEvent } from '../../experiment/journal/events.js';
import type { Journal } from '../../experiment/journal/read-journal.js';
import { pictureOf } from '../../experiment/report/picture.js';
import { reportOf } from '../../experiment/report/report.js';
import type { KeptLedger } from '../../experiment/run/kept-ledger.js';

const trafficMs = 1000;

export class DemoEvents {
  readonly #beganMs = performance.now();
  readonly #events: Journal['events'][number][] = [];
  readonly #ticker: NodeJS.Timeout;

  constructor(ledger: KeptLedger) {
    this.#note({
      type: 'run-began',
      experiment: 'PostgreSQL and its replica in Kubernetes',
      version: programVersion(),
      startedAt: new Date().toISOString(),
      expected: {
        description: '',
        recoveryObjectiveMs: 0,
        minimumMeasurements: 0,
        minimumHits: 1,
        minimumOperationsPerSecond: null,
        probes: [],
        replication: null,
      },
    });
    this.#note({ type: 'phase-began', phase: 'during' });
    this.#note({ type: 'ledger-began' });
    this.#ticker = setInterval(() => {
      const traffic = ledger.traffic();
      if (traffic !== null) this.#note({ type: 'traffic', ...traffic });
    }, trafficMs);
  }

  /** Since it began: ` 7 s`. */
  clock(): string {
    return `${String(Math.round(this.#nowMs / 1000)).padStart(2)} s`;
  }

  begin(step: string, sentence: string | null): void {
    this.#note({ type: 'step-began', step });
    if (sentence !== null) this.#note({ type: 'fault-asked', step, fault: step, sentence });
  }

  end(step: string, message: string): void {
    this.#note({ type: 'step-ended', step, outcome: 'done', message });
  }

  close(): void {
    clearInterval(this.#ticker);
  }

  picture(): string {
    const journal = { events: this.#events, isCut: false, unknown: 0 };
    return pictureOf(reportOf(journal, ''), journal);
  }

  get #nowMs(): number {
    return performance.now() - this.#beganMs;
  }

  #note(event: RunEvent): void {
    this.#events.push({ atMs: this.#nowMs, ...event });
  }
}
