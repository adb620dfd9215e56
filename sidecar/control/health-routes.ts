/** Alive, ready, and everything else that is to be known of the sidecar. */
import type { FaultRegistry } from '../registry/fault-registry.js';
import { problemDocument, sendProblem } from './problem-document.js';
import type { Route } from './route.js';
import { describeSidecar, type SidecarFacts } from './status.js';

export interface HealthContext {
  readonly registry: FaultRegistry;
  readonly facts: () => SidecarFacts;
  readonly nowMs: () => number;
}

export function healthRoutes({ registry, facts, nowMs }: HealthContext): readonly Route[] {
  return [
    {
      path: '/v1/status',
      methods: {
        get: (_request, response) => {
          response.json(describeSidecar(facts(), registry.state(), nowMs()));
        },
      },
    },
    {
      // It answers, so it lives: a sidecar that has disarmed everything still serves the disk, and must not be killed
      // for it.
      path: '/healthz',
      methods: {
        get: (_request, response) => {
          response.json({ status: 'ok' });
        },
      },
    },
    {
      path: '/readyz',
      methods: {
        get: (_request, response) => {
          const { notReady } = facts();
          if (notReady !== null) return sendProblem(response, problemDocument('not-ready', notReady));
          response.json({ status: 'ok' });
        },
      },
    },
  ];
}
