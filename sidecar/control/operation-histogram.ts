/**
 * The latency of operations as a Prometheus histogram. The fault proxies count into buckets themselves, in shared memory;
 * prom-client can only observe, so its answers are made here from what was counted.
 */
import { Histogram, type Registry } from 'prom-client';
import { type OperationStatus, operationBucketsSeconds } from '../disk/disk-status.js';

type HistogramAnswer = Awaited<ReturnType<Histogram<'verb'>['get']>>;
type HistogramValue = HistogramAnswer['values'][number];

const name = 'havock8s_disk_operation_duration_seconds';
const help = 'How long file system operations took, by verb, waits for faults included';

const configuration = { name, help, labelNames: ['verb'] as const, buckets: [...operationBucketsSeconds] };

export class OperationHistogram extends Histogram<'verb'> {
  readonly #operations: () => readonly OperationStatus[];
  /** Observes nothing; its answers are the frame of ours. */
  readonly #frame = new Histogram({ ...configuration, registers: [] });

  constructor(registry: Registry, operations: () => readonly OperationStatus[]) {
    super({ ...configuration, registers: [registry] });
    this.#operations = operations;
  }

  override async get(): Promise<HistogramAnswer> {
    return { ...(await this.#frame.get()), values: this.#operations().flatMap(valuesOf) };
  }

  /** What a registry asks for where there is one. prom-client's types leave it out. */
  getForPromString(): Promise<HistogramAnswer> {
    return this.get();
  }
}

function valuesOf({ verb, totalSeconds, buckets }: OperationStatus): readonly HistogramValue[] {
  let cumulated = 0;
  const bounds = [...operationBucketsSeconds, Number.POSITIVE_INFINITY];
  const cumulative = bounds.map((bound, index) => {
    cumulated += buckets[index] ?? 0;
    const labels = { le: bound === Number.POSITIVE_INFINITY ? '+Inf' : bound, verb };
    return { metricName: `${name}_bucket`, labels, value: cumulated };
  });
  return [
    ...cumulative,
    { metricName: `${name}_sum`, labels: { verb }, value: totalSeconds },
    // Not `count`: the counters are read without a lock, and a scrape must agree with itself.
    { metricName: `${name}_count`, labels: { verb }, value: cumulated },
  ];
}
