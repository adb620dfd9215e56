/** What both the control endpoint and the read-only port show. */
import type { Registry as Metrics } from 'prom-client';
import type { Clock } from '../../core/clock.js';
import type { FaultRegistry } from '../registry/fault-registry.js';
import type { Shape } from './api.js';
import { createMetrics } from './metrics.js';
import type { SidecarFacts } from './status.js';

export interface Pages {
  /** In effect when it resolves. */
  faultList(): Promise<Shape<'FaultList'>>;
  metrics(): Promise<string>;
  readonly metricsType: Metrics['contentType'];
}

export interface PageSources {
  readonly registry: Pick<FaultRegistry, 'list' | 'listInForce'>;
  readonly facts: () => SidecarFacts;
  readonly clock: Clock;
}

export function createPages({ registry, facts, clock }: PageSources): Pages {
  const metrics = createMetrics({
    faults: () => registry.list(),
    disk: () => facts().disk,
    tcp: () => facts().tcp,
  });
  return {
    faultList: async () => {
      const faults = await registry.listInForce();
      return { faults, sidecar: describe(facts(), clock.wallMs()) };
    },
    metrics: () => metrics.metrics(),
    metricsType: metrics.contentType,
  };
}

const describe = ({ version, pod, startedMs, draining }: SidecarFacts, nowMs: number): Shape<'Sidecar'> => ({
  version,
  pod,
  startedAt: new Date(startedMs).toISOString(),
  now: new Date(nowMs).toISOString(),
  draining,
});
