/** How a fault proxy is asked: the control endpoint on the loopback, and the read-only port, where it has one. */
import type { Logger } from 'pino';
import { systemClock } from '../../core/clock.js';
import { startControl } from '../control/control.js';
import { controlLimitsWithin } from '../control/control-limits.js';
import { createPages } from '../control/pages.js';
import { serveReadOnly } from '../control/read-only/read-only-port.js';
import type { SidecarFacts } from '../control/status.js';
import type { FaultRegistry } from '../registry/fault-registry.js';
import { controlConnections, readOnlyConnections } from './descriptor-budget.js';
import type { FaultProxyConfig } from './proxy-config.js';

export interface EndpointsOptions {
  readonly config: Pick<FaultProxyConfig, 'control' | 'controlAccess' | 'readOnlyFd'>;
  readonly registry: FaultRegistry;
  readonly facts: () => SidecarFacts;
  readonly log: Logger;
  /** Of descriptors. */
  readonly limit: number;
}

/** Returns the URL of the control endpoint. */
export async function openEndpoints({
  config,
  registry,
  facts,
  log,
  limit,
}: EndpointsOptions): Promise<string> {
  const { control: address, controlAccess: access, readOnlyFd } = config;
  const pages = createPages({ registry, facts, clock: systemClock });
  const limits = controlLimitsWithin(controlConnections(limit));
  const { url } = await startControl({ registry, facts, log, access, pages, limits }, address);
  if (readOnlyFd !== null)
    serveReadOnly({ fd: readOnlyFd, connections: readOnlyConnections(limit), pages, log });
  return url;
}
