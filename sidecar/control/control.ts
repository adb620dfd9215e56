/**
 * The control endpoint: an HTTP API on the loopback, through which a test in the pod arms faults of its own, and
 * people and Prometheus see what they do. It only asks the registry; whatever it answers, the disk is served.
 */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../core/clock.js';
import type { FaultRegistry } from '../registry/fault-registry.js';
import { type ControlAccess, requireAccess } from './access.js';
import { type ControlLimits, controlLimits } from './control-limits.js';
import { eventRoute } from './event-route.js';
import { faultRoutes } from './fault-routes.js';
import { readJson, refuseForeignHost, refuseMalformed, refuseOrigin } from './guards.js';
import { healthRoutes } from './health-routes.js';
import { type ControlAddress, type ControlServer, listenControl } from './listen-control.js';
import { createPages, type Pages } from './pages.js';
import { problemDocument, sendProblem } from './problem-document.js';
import { addRoute, type Route } from './route.js';
import type { SidecarFacts } from './status.js';

export interface ControlOptions {
  readonly registry: FaultRegistry;
  readonly facts: () => SidecarFacts;
  readonly log: Logger;
  readonly access: ControlAccess;
  /** Made of the registry and the facts where nobody else shows them. */
  readonly pages?: Pages;
  readonly clock?: Clock;
  readonly limits?: ControlLimits;
}

/** Rejects with `control.not-loopback` or `control.listen-failed`. */
export async function startControl(options: ControlOptions, address: ControlAddress): Promise<ControlServer> {
  const server = await listenControl(createControl(options), address, options.limits);
  options.log.info({ code: 'control.listening', url: server.url }, 'control endpoint listens');
  return server;
}

export function createControl(options: ControlOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.use(logRequest(options.log), refuseOrigin, refuseForeignHost);
  app.use(requireAccess(options.access), ...readJson);
  for (const route of controlRoutes(options)) addRoute(app, route);
  app.use((request, response) => {
    sendProblem(
      response,
      problemDocument('not-found', `${request.path.slice(0, 200)} is not a path of this endpoint`),
    );
  });
  app.use(refuseMalformed, failSafely(options));
  return app;
}

export function controlRoutes({
  registry,
  facts,
  clock = systemClock,
  limits = controlLimits,
  pages = createPages({ registry, facts, clock }),
}: ControlOptions): readonly Route[] {
  return [
    ...faultRoutes(registry, pages),
    ...healthRoutes({ registry, facts, nowMs: () => clock.wallMs() }),
    eventRoute(registry.events, clock, limits.eventStreams),
    { path: '/metrics', methods: { get: showMetrics(pages) } },
    { path: '/openapi.json', methods: { get: sendDocument } },
  ];
}

function showMetrics(pages: Pages): RequestHandler {
  return async (_request, response) => {
    response.set('Content-Type', pages.metricsType).send(await pages.metrics());
  };
}

/** Loaded when somebody asks for it. */
const sendDocument: RequestHandler = async (_request, response) => {
  const { openapiDocument } = await import('./openapi.js');
  response.json(openapiDocument);
};

/** What changes faults is worth a line, and so is what was refused; reading is not. */
function logRequest(log: Logger): RequestHandler {
  return (request, response, next) => {
    response.on('finish', () => {
      const fields = {
        method: request.method,
        path: request.path.slice(0, 200),
        status: response.statusCode,
      };
      if (response.statusCode >= 400) log.warn({ code: 'control.refused', ...fields }, 'request refused');
      else if (request.method === 'GET')
        log.debug({ code: 'control.answered', ...fields }, 'request answered');
      else log.info({ code: 'control.answered', ...fields }, 'request answered');
    });
    next();
  };
}

/** An error nobody foresaw is a bug in the sidecar, and a sidecar with a bug injects nothing. */
function failSafely({ registry, log }: ControlOptions): ErrorRequestHandler {
  return (err: unknown, _request, response, next) => {
    log.error({ code: 'control.bug', err }, 'the control endpoint failed');
    void registry.disarmEverything('control.bug');
    if (response.headersSent) return next(err);
    sendProblem(
      response,
      problemDocument('bug', 'every fault was disarmed; the log of the sidecar says more'),
    );
  };
}
