/** The events of faults, as they come: server-sent events, read line by line with a bound on each. */
import type { IncomingMessage } from 'node:http';
import { HavocError } from '../../core/havoc-error.js';
import { answerOf, type ShownEvent } from './answers.js';
import { clientLimits } from './client-limits.js';
import { answerTo, ask } from './exchange.js';

/**
 * Resolves once the endpoint listens to us: whatever happens from then on is told, from behind the last one seen.
 * Ends when the endpoint ends it, throws when the connection breaks, falls silent, or is aborted.
 */
export async function openEvents(
  base: URL,
  signal: AbortSignal,
  lastId?: string,
): Promise<AsyncIterable<ShownEvent>> {
  const headers: Record<string, string> = lastId === undefined ? {} : { 'Last-Event-ID': lastId };
  const response = await answerTo(ask(base, { method: 'GET', path: '/v1/events', headers }, signal));
  if (response.statusCode !== 200) {
    response.destroy();
    throw new HavocError(
      'control.no-events',
      `${base.origin} does not tell of events (${response.statusCode})`,
    );
  }
  response.setTimeout(clientLimits.silenceMs, () => response.destroy(new Error('silent')));
  return eventsOf(response);
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<ShownEvent> {
  for await (const data of dataLines(response)) yield await answerOf('FaultEvent', JSON.parse(data), 'event');
}

/** The sidecar sends each event's data as one line. */
async function* dataLines(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > clientLimits.eventBytes)
      throw new HavocError('control.bad-answer', 'an event without an end');
    for (const line of lines) if (line.startsWith('data: ')) yield line.slice('data: '.length);
  }
}
