/** What Prometheus is told of the webhook: the prefix is `havock8s_webhook_`. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { ReviewResult, WebhookName } from './review-result.js';

export interface Metrics {
  readonly registry: Registry;
  reviewed(webhook: WebhookName, verdict: ReviewResult, seconds: number): void;
  /** A request that was no review. */
  rejected(status: number): void;
}

/** Read when Prometheus asks. */
export interface Gauges {
  /** Unix time in seconds; null while there is no certificate. */
  readonly certificateEnds: () => number | null;
  readonly isLeader: () => boolean;
  readonly namespacesSynced: () => boolean;
  readonly namespaces: () => number;
  /** Errors of ours that only a handler of the whole process met. */
  readonly unhandledErrors: () => number;
}

export const metricPrefix = 'havock8s_webhook_';

/** By default the lag of the event loop is sampled a hundred times a second, whether anybody looks or not. */
const lagSampleMs = 1000;

export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({
    register: registry,
    prefix: metricPrefix,
    eventLoopMonitoringPrecision: lagSampleMs,
  });
  addGauges(registry, gauges);
  const { reviews, seconds: durations, notes, rejected } = reviewMetrics(registry);
  return {
    registry,
    reviewed: (webhook, { outcome, reason, notes: left = [] }, seconds) => {
      reviews.inc({ webhook, outcome, reason });
      durations.observe({ webhook }, seconds);
      for (const code of left) notes.inc({ reason: code });
    },
    rejected: (status) => rejected.inc({ status }),
  };
}

function reviewMetrics(registry: Registry) {
  const registers = [registry];
  return {
    reviews: new Counter({
      name: `${metricPrefix}reviews_total`,
      help: 'Reviews answered, by webhook, outcome and the code of the reason',
      labelNames: ['webhook', 'outcome', 'reason'],
      registers,
    }),
    seconds: new Histogram({
      name: `${metricPrefix}review_duration_seconds`,
      help: 'From the headers of the request to its answer',
      labelNames: ['webhook'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 3],
      registers,
    }),
    notes: new Counter({
      name: `${metricPrefix}notes_total`,
      help: 'Parts of pods that were left as they are, by the code of the reason',
      labelNames: ['reason'],
      registers,
    }),
    rejected: new Counter({
      name: `${metricPrefix}requests_rejected_total`,
      help: 'Requests that were no review, by the status they were answered',
      labelNames: ['status'],
      registers,
    }),
  };
}

function addGauges(
  registry: Registry,
  { certificateEnds, isLeader, namespacesSynced, namespaces, unhandledErrors }: Gauges,
): void {
  const add = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name: `${metricPrefix}${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  add(
    'certificate_expiry_timestamp_seconds',
    'When the certificate that is served ends, as Unix time; 0 while there is none',
    () => certificateEnds() ?? 0,
  );
  add('is_leader', '1 in the replica that renews certificates and writes events', () => Number(isLeader()));
  add('namespaces_synced', '1 once the namespaces are known', () => Number(namespacesSynced()));
  add('namespaces', 'Namespaces known', namespaces);
  add(
    'unhandled_errors',
    'Errors of its own, since it started, that ended nothing but their task',
    unhandledErrors,
  );
}
