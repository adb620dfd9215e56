/** A run while it goes on: what a person wants to know of it in lines, and, on a terminal, what changes below them. */
import { systemClock } from '../../../core/clock.js';
import type { Plan } from '../../../experiment/engine/plan.js';
import type { JournalEvent } from '../../../experiment/journal/events.js';
import type { Console } from '../../terminal/console.js';
import type { Panel } from '../../terminal/panel.js';
import { LiveView } from './live-view.js';
import { Story } from './story.js';

/** Whatever is said beside the live view goes above it. */
export interface RunConsole extends Console {
  readonly err: Panel;
}

export const hasLiveView = ({ json, err }: RunConsole): boolean => err.isTerminal && !json;

export interface Live {
  note(event: JournalEvent): void;
  close(): void;
}

const redrawMs = 250;

export function liveOn(console: RunConsole, plan: Plan): Live {
  const { err } = console;
  const story = new Story(err.ink);
  const tell = (event: JournalEvent): void => {
    const line = story.line(event);
    if (line !== null) err.line(line);
  };
  if (!hasLiveView(console)) return { note: tell, close: () => {} };
  const view = new LiveView(plan);
  // By the clock here. What is read of a run elsewhere comes late, and the soonest is nearest to the truth.
  let beganMs = systemClock.monotonicMs();
  const draw = (): void => err.show(view.lines(systemClock.monotonicMs() - beganMs, err));
  const ticker = setInterval(draw, redrawMs);
  return {
    note: (event) => {
      beganMs = Math.min(beganMs, systemClock.monotonicMs() - event.atMs);
      view.note(event);
      tell(event);
    },
    close: () => {
      clearInterval(ticker);
      err.show([]);
    },
  };
}
