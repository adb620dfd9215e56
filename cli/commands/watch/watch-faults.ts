/**
 * Follows the faults of a sidecar: an event is shown at once, counts and time left at every look.
 *
 *     GET /v1/events ──► event ─┬─► view
 *                               └─► look now ─┐
 *     every second ───────────────────────────┴─► GET /v1/faults ─► view
 */
import { Alarm } from '../../../core/alarm.js';
import { systemClock } from '../../../core/clock.js';
import { sleep } from '../../../core/sleep.js';
import type { ShownEvent, ShownFault } from '../../client/answers.js';
import { clientLimits } from '../../client/client-limits.js';
import type { ControlClient } from '../../client/control-client.js';
import { openEvents } from '../../client/event-stream.js';

export interface WatchView {
  faults(faults: readonly ShownFault[]): void;
  event(event: ShownEvent): void;
  /** The sidecar does not answer; it may be starting again. */
  unanswered(): void;
  close(): void;
}

/** Resolves when `signal` aborts. Rejects when the sidecar never answered, or no longer does. */
export async function watchFaults(
  client: ControlClient,
  view: WatchView,
  signal: AbortSignal,
): Promise<void> {
  const bell = new Alarm();
  signal.addEventListener('abort', () => bell.ring());
  const stop = new AbortController();
  const follower = new Follower(client.base, AbortSignal.any([signal, stop.signal]), (event) => {
    view.event(event);
    bell.ring();
  });
  try {
    // What happens behind the first look is an event, so events come first.
    await follower.tried;
    view.faults(await client.faults());
    await look(client, view, { signal, bell });
  } finally {
    stop.abort();
    await follower.ended;
  }
}

async function look(
  client: ControlClient,
  view: WatchView,
  { signal, bell }: { signal: AbortSignal; bell: Alarm },
): Promise<void> {
  let unanswered = 0;
  for (;;) {
    await sleep(clientLimits.pollMs, { clock: systemClock, signal: bell.signal });
    if (signal.aborted) return;
    // Before it looks: what happens meanwhile is looked for again.
    bell.reset();
    try {
      view.faults(await client.faults());
      unanswered = 0;
    } catch (error) {
      unanswered += 1;
      if (unanswered >= clientLimits.unanswered) throw error;
      view.unanswered();
    }
  }
}

/** A broken stream is taken up again, and it is the looks that notice a sidecar that is gone. */
class Follower {
  /** Resolves once the stream has been opened, or could not be. */
  readonly tried: Promise<void>;
  readonly ended: Promise<void>;

  constructor(base: URL, signal: AbortSignal, tell: (event: ShownEvent) => void) {
    let tried = (): void => {};
    this.tried = new Promise((resolve) => {
      tried = resolve;
    });
    this.ended = follow(base, signal, { tell, tried });
  }
}

interface FollowOptions {
  tell(event: ShownEvent): void;
  tried(): void;
}

async function follow(base: URL, signal: AbortSignal, { tell, tried }: FollowOptions): Promise<void> {
  let lastId: string | undefined;
  while (!signal.aborted) {
    try {
      const events = await openEvents(base, signal, lastId);
      tried();
      for await (const event of events) {
        lastId = event.id;
        tell(event);
      }
    } catch {
      // Whatever broke it, the next attempt says whether it is still so.
    }
    tried();
    await sleep(clientLimits.pollMs, { clock: systemClock, signal });
  }
}
