/** What `watch` writes where no terminal is: lines for people who read a log, or one JSON object a line for programs. */

import { printable } from '../../../core/printable.js';
import type { ShownFault } from '../../client/answers.js';
import type { Console } from '../../terminal/console.js';
import { timeLeft } from '../../terminal/time-left.js';
import { eventLine } from './event-line.js';
import type { WatchView } from './watch-faults.js';

/** A line for every event, and for every fault whose state or counts are not what they were. */
export function lineView({ out, err }: Console, now: () => Date): WatchView {
  const changed = onlyChanges();
  return {
    faults: (faults) => {
      for (const fault of changed(faults)) out.line(`${now().toISOString()} ${countLine(fault)}`);
    },
    event: (event) => out.line(eventLine(event)),
    unanswered: () => err.line(`${now().toISOString()} no answer`),
    close: () => {},
  };
}

export function jsonView({ out, err }: Console, now: () => Date): WatchView {
  const changed = onlyChanges();
  const write = (value: object) => out.line(JSON.stringify(value));
  return {
    faults: (faults) => {
      if (changed(faults).length > 0) write({ kind: 'faults', at: now().toISOString(), faults });
    },
    event: (event) => write({ kind: 'event', event }),
    unanswered: () => err.line(JSON.stringify({ kind: 'unanswered', at: now().toISOString() })),
    close: () => {},
  };
}

function countLine({ name, state, tallies, remainingMs }: ShownFault): string {
  const left = state === 'armed' ? `, ${timeLeft(remainingMs)} left` : '';
  return `${printable(name)} ${state}: ${tallies.matched} matched, ${tallies.injected} injected${left}`;
}

/** Time goes by without being news. */
function onlyChanges(): (faults: readonly ShownFault[]) => readonly ShownFault[] {
  let before = new Map<string, string>();
  return (faults) => {
    const now = new Map(faults.map((fault) => [`${fault.source}/${fault.name}`, gist(fault)]));
    const changed = faults.filter((fault) => before.get(`${fault.source}/${fault.name}`) !== gist(fault));
    before = now;
    return changed;
  };
}

const gist = ({ state, sentence, startedAt, tallies }: ShownFault): string =>
  JSON.stringify([state, sentence, startedAt, tallies.matched, tallies.injected]);
