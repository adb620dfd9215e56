/** The events of faults as a server-sent stream: what was missed since Last-Event-ID, then what happens. */
import type { Request, RequestHandler, Response } from 'express';
import type { Clock } from '../../core/clock.js';
import type { FaultEvent, FaultEvents } from '../registry/fault-events.js';
import type { Shape } from './api.js';
import { controlLimits } from './control-limits.js';
import { problemDocument, sendProblem } from './problem-document.js';
import type { Route } from './route.js';

/** At most so many streams at once. */
export function eventRoute(events: FaultEvents, clock: Clock, most: number): Route {
  let streams = 0;
  const stream: RequestHandler = (request, response) => {
    if (streams >= most) return refuse(response, most);
    const leave = events.subscribe({
      event: (event) => send(response, frame(event)),
      end: () => response.end(),
    });
    if (leave === null) return refuse(response, most);
    streams += 1;
    const stopBeating = beat(response, clock);
    response.on('close', () => {
      streams -= 1;
      leave();
      stopBeating();
    });
    begin(request, response, events);
  };
  return { path: '/v1/events', methods: { get: stream } };
}

function refuse(response: Response, most: number): void {
  response.set('Retry-After', '5');
  sendProblem(response, problemDocument('too-many-streams', `at most ${most} clients listen at once`));
}

function begin(request: Request, response: Response, events: FaultEvents): void {
  response.set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
  // HEAD comes this way too, and has no body to wait for.
  if (request.method === 'HEAD') return void response.end();
  response.flushHeaders();
  send(response, `retry: ${controlLimits.retryMs}\n\n`);
  const last = request.get('Last-Event-ID');
  if (last !== undefined) for (const event of events.since(last)) send(response, frame(event));
}

/** Comments, so that a dead connection shows at both ends. */
function beat(response: Response, clock: Clock): () => void {
  let cancel = clock.after(controlLimits.heartbeatMs, tick);
  function tick(): void {
    send(response, ': heartbeat\n\n');
    cancel = clock.after(controlLimits.heartbeatMs, tick);
  }
  return () => cancel();
}

/** A listener that does not read must not make the sidecar grow. */
function send(response: Response, text: string): void {
  if (response.writableLength + text.length > controlLimits.eventStreamBacklogBytes) response.destroy();
  else response.write(text);
}

function frame(event: FaultEvent & Shape<'FaultEvent'>): string {
  return `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}
