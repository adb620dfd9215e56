import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  onSignal,
  onTimeout,
  running,
  type SignalFacts,
  type StopSignal,
  type StopStep,
} from '../../cli/commands/local/stop-policy.js';
import { stopTimes } from '../../cli/commands/local/timeouts.js';

type Happening = StopSignal | 'time passes' | { readonly waitMs: number };

/** What is done about each of these, in order: `leave`, `pass SIGHUP`, `end SIGTERM`, `give-up`. */
function steps(happenings: readonly Happening[], facts: Partial<SignalFacts>): readonly string[] {
  let state = running;
  let nowMs = 0;
  const done: string[] = [];
  for (const happening of happenings) {
    if (typeof happening === 'object') {
      nowMs += happening.waitMs;
      continue;
    }
    const stopping =
      happening === 'time passes'
        ? onTimeout(state)
        : onSignal(state, happening, { nowMs, hasTerminal: false, isShared: false, ...facts });
    state = stopping.state;
    done.push(told(stopping.step));
  }
  return done;
}

const told = (step: StopStep): string => ('signal' in step ? `${step.kind} ${step.signal}` : step.kind);

const shared = { hasTerminal: true, isShared: true };
const terminal = { hasTerminal: true, isShared: false };
const none = {};

const table: readonly {
  readonly name: string;
  readonly facts: Partial<SignalFacts>;
  readonly happenings: readonly Happening[];
  readonly steps: readonly string[];
}[] = [
  {
    name: 'a single Ctrl-C of the terminal is left to the command',
    facts: shared,
    happenings: ['SIGINT'],
    steps: ['leave'],
  },
  {
    name: 'Ctrl-C now and then stays with the command',
    facts: shared,
    happenings: ['SIGINT', { waitMs: stopTimes.againMs + 1 }, 'SIGINT', { waitMs: 60_000 }, 'SIGINT'],
    steps: ['leave', 'leave', 'leave'],
  },
  {
    name: 'Ctrl-C twice in a row ends the command, a third time kills it',
    facts: shared,
    happenings: ['SIGINT', { waitMs: 500 }, 'SIGINT', { waitMs: 5000 }, 'SIGINT'],
    steps: ['leave', 'end SIGTERM', 'end SIGKILL'],
  },
  {
    name: 'SIGINT of a program is passed on, and each further one is harder',
    facts: none,
    happenings: ['SIGINT', { waitMs: 60_000 }, 'SIGINT', 'SIGINT', 'SIGINT'],
    steps: ['end SIGINT', 'end SIGTERM', 'end SIGKILL', 'give-up'],
  },
  {
    name: 'time alone is harder too, and comes to an end',
    facts: none,
    happenings: ['SIGINT', 'time passes', 'time passes', 'time passes'],
    steps: ['end SIGINT', 'end SIGTERM', 'end SIGKILL', 'give-up'],
  },
  {
    name: 'SIGTERM ends, a second one kills',
    facts: none,
    happenings: ['SIGTERM', 'SIGTERM'],
    steps: ['end SIGTERM', 'end SIGKILL'],
  },
  {
    name: 'SIGINT behind SIGTERM is not softer',
    facts: none,
    happenings: ['SIGTERM', 'SIGINT'],
    steps: ['end SIGTERM', 'end SIGKILL'],
  },
  {
    name: 'a terminal that hangs up ends the command',
    facts: terminal,
    happenings: ['SIGHUP'],
    steps: ['end SIGTERM'],
  },
  {
    name: 'without a terminal SIGHUP is passed on: servers reload by it',
    facts: none,
    happenings: ['SIGHUP', 'SIGHUP', 'SIGTERM'],
    steps: ['pass SIGHUP', 'pass SIGHUP', 'end SIGTERM'],
  },
  { name: 'SIGQUIT is passed on once', facts: none, happenings: ['SIGQUIT'], steps: ['pass SIGQUIT'] },
  {
    name: 'SIGQUIT of the terminal is left to the command',
    facts: shared,
    happenings: ['SIGQUIT'],
    steps: ['leave'],
  },
];

for (const { name, facts, happenings, steps: due } of table) {
  test(name, () => assert.deepEqual(steps(happenings, facts), due));
}
