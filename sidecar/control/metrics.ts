/** Prometheus metrics, read from the registry and the fault proxies when they are asked for. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { DiskStatus, OperationStatus } from '../disk/disk-status.js';
import type { Tallies } from '../registry/fault-applier.js';
import { faultStates, type ListedFault } from '../registry/fault-record.js';
import type { TcpStatus } from '../tcp/tcp-status.js';
import { OperationHistogram } from './operation-histogram.js';

/** How often the event loop's lag is sampled: by default a hundred times a second, whether anybody looks or not. */
const lagSampleMs = 1000;

export interface MetricsSource {
  readonly faults: () => readonly ListedFault[];
  readonly disk: () => DiskStatus | null;
  readonly tcp: () => TcpStatus | null;
}

export function createMetrics(source: MetricsSource): Registry {
  const registry = new Registry();
  collectDefaultMetrics({
    register: registry,
    prefix: 'havock8s_',
    eventLoopMonitoringPrecision: lagSampleMs,
  });
  addFaultMetrics(registry, source.faults);
  addDiskMetrics(registry, source.disk);
  addTcpMetrics(registry, source.tcp);
  addRestarts(registry, source);
  return registry;
}

function addFaultMetrics(registry: Registry, faults: MetricsSource['faults']): void {
  const labelled = (read: (fault: ListedFault) => number) => () =>
    counting(faults()).map((fault) => ({ labels: labelsOf(fault), value: read(fault) }));
  const tallied = (tally: keyof Tallies) => labelled(({ tallies }) => tallies[tally]);
  addGauge(registry, {
    name: 'fault_armed',
    help: '1 while the fault is armed, 0 while it is only listed',
    read: labelled(({ state }) => (state === 'armed' ? 1 : 0)),
  });
  addGauge(registry, { name: 'faults', help: 'Faults listed, by state', read: () => countByState(faults()) });
  for (const [tally, help] of tallyHelp) {
    addCounter(registry, { name: `fault_${tally}_total`, help, read: tallied(tally) });
  }
}

const tallyHelp = [
  ['matched', 'Operations that the fault was about'],
  ['injected', 'Operations that the fault hit'],
  ['exempted', 'Operations that matched and are never faulted'],
  ['passed', 'Operations that matched and were let be'],
] as const;

function addDiskMetrics(registry: Registry, disk: MetricsSource['disk']): void {
  const single = (read: (status: DiskStatus) => number) => () => {
    const status = disk();
    return status === null ? [] : [{ labels: {}, value: read(status) }];
  };
  const operations = () => disk()?.operations ?? [];
  const byVerb = (read: (operation: OperationStatus) => number) => () =>
    operations().map((operation) => ({ labels: { verb: operation.verb }, value: read(operation) }));
  const counters: readonly Measure[] = [
    {
      name: 'disk_operations_total',
      help: 'File system operations, by verb',
      read: byVerb(({ count }) => count),
    },
    {
      name: 'disk_operation_errors_total',
      help: 'File system operations answered with an error, by verb',
      read: byVerb(({ errors }) => errors),
    },
    {
      name: 'disk_parked_overflows_total',
      help: 'Operations let through because too many waited',
      read: single((status) => status.parkedOverflows),
    },
    {
      name: 'disk_exhausted_total',
      help: 'Files that were not opened, for want of descriptors',
      read: single((status) => status.exhausted),
    },
  ];
  for (const counter of counters) addCounter(registry, counter);
  addGauge(registry, {
    name: 'disk_parked',
    help: 'Operations that wait',
    read: single((status) => status.parked),
  });
  new OperationHistogram(registry, operations);
}

function addTcpMetrics(registry: Registry, tcp: MetricsSource['tcp']): void {
  const single = (read: (status: TcpStatus) => number) => () => {
    const status = tcp();
    return status === null ? [] : [{ labels: {}, value: read(status) }];
  };
  const counters: readonly Measure[] = [
    { name: 'tcp_connections_total', help: 'Connections taken', read: single(({ accepted }) => accepted) },
    {
      name: 'tcp_upstream_failures_total',
      help: 'Connections whose server refused or was not to be reached',
      read: single(({ upstreamFailures }) => upstreamFailures),
    },
    { name: 'tcp_resets_total', help: 'Connections that were reset', read: single(({ resets }) => resets) },
    {
      name: 'tcp_bytes_up_total',
      help: 'Bytes from clients to servers',
      read: single(({ bytesUp }) => bytesUp),
    },
    {
      name: 'tcp_bytes_down_total',
      help: 'Bytes from servers to clients',
      read: single(({ bytesDown }) => bytesDown),
    },
    {
      name: 'tcp_exhausted_total',
      help: 'Connections that were refused, for want of descriptors',
      read: single(({ exhausted }) => exhausted),
    },
    {
      name: 'tcp_rules_mended_total',
      help: 'Times somebody had changed our netfilter rules, and they were recreated',
      read: single(({ interception }) => interception?.mended ?? 0),
    },
  ];
  for (const counter of counters) addCounter(registry, counter);
  const gauges: readonly Measure[] = [
    { name: 'tcp_connections', help: 'Connections that are open', read: single(({ open }) => open) },
    {
      name: 'tcp_held_bytes',
      help: 'Bytes read and not yet sent',
      read: single(({ heldBytes }) => heldBytes),
    },
  ];
  for (const gauge of gauges) addGauge(registry, gauge);
}

function addRestarts(registry: Registry, { disk, tcp }: MetricsSource): void {
  addCounter(registry, {
    name: 'restarts_total',
    help: 'Times the fault proxy was started again after it had died',
    read: () => [{ labels: {}, value: disk()?.restarts ?? tcp()?.restarts ?? 0 }],
  });
}

interface Measure {
  /** Without the prefix. */
  readonly name: string;
  readonly help: string;
  readonly read: () => readonly Sample[];
}

interface Sample {
  readonly labels: Readonly<Partial<Record<Label, string>>>;
  readonly value: number;
}

const labelNames = ['fault', 'plane', 'effect', 'state', 'verb'] as const;
type Label = (typeof labelNames)[number];

function addGauge(registry: Registry, { name, help, read }: Measure): void {
  new Gauge({
    name: `havock8s_${name}`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of read()) this.set(labels, value);
    },
  });
}

function addCounter(registry: Registry, { name, help, read }: Measure): void {
  new Counter({
    name: `havock8s_${name}`,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of read()) this.inc(labels, value);
    },
  });
}

/** A shadowed fault has the name, and so the labels, of another; a refused one counts nothing. */
function counting(faults: readonly ListedFault[]): readonly ListedFault[] {
  return faults.filter(({ state }) => state !== 'shadowed' && state !== 'refused');
}

function labelsOf({ name, plane, effect }: ListedFault): Sample['labels'] {
  return { fault: name, plane: plane ?? '', effect: effect ?? '' };
}

function countByState(faults: readonly ListedFault[]): readonly Sample[] {
  return faultStates.map((state) => ({
    labels: { state },
    value: faults.filter((fault) => fault.state === state).length,
  }));
}
