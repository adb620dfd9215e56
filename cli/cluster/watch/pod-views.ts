/** What `watch` of a cluster shows: a table in place on a terminal, else lines for people or for programs. */
import { printable } from '../../../core/printable.js';
import type { Console } from '../../terminal/console.js';
import { injected } from '../../terminal/fault-table.js';
import { screenOn } from '../../terminal/screen.js';
import { timeLeft } from '../../terminal/time-left.js';
import { cutTo } from '../../terminal/width.js';
import { podKey } from '../cluster-pod.js';
import type { PodFault, PodFaults } from '../pod-faults.js';
import { podRemarks, podSummary, podTable } from '../pod-table.js';
import { type CurrentStop, stopNote } from '../stop/current-stop.js';

export interface Seen {
  readonly pods: readonly PodFaults[];
  readonly stop: CurrentStop;
}

export interface PodView {
  show(seen: Seen): void;
  /** The API server does not tell of pods at the moment; what was last known of them is shown on. */
  trouble(message: string): void;
  close(): void;
}

export function podView(console: Console, now: () => Date): PodView {
  if (console.json) return jsonView(console, now);
  return console.out.isTerminal ? screenView(console) : lineView(console, now);
}

/** A line for every fault that is not as it was. */
function lineView({ out, err }: Console, now: () => Date): PodView {
  const changes = onlyChanges();
  const stopChanged = isNewStop();
  return {
    show: ({ pods, stop }) => {
      const at = now().toISOString();
      if (stopChanged(stop)) out.line(`${at} ${stopNote(stop) ?? 'nothing is stopped any more'}`);
      for (const { key, fault } of changes(pods)) out.line(`${at} ${faultLine(key, fault)}`);
    },
    trouble: (message) => err.line(`${now().toISOString()} ${message}`),
    close: () => {},
  };
}

function jsonView({ out, err }: Console, now: () => Date): PodView {
  const changes = onlyChanges();
  const stopChanged = isNewStop();
  return {
    show: ({ pods, stop }) => {
      const isStopNews = stopChanged(stop);
      if (changes(pods).length > 0 || isStopNews)
        out.line(JSON.stringify({ kind: 'pods', at: now().toISOString(), stop, pods }));
    },
    trouble: (message) => err.line(JSON.stringify({ kind: 'trouble', at: now().toISOString(), message })),
    close: () => {},
  };
}

function screenView({ out }: Console): PodView {
  const screen = screenOn(out, () => out.rows);
  let shown: readonly PodFaults[] = [];
  let stopped: CurrentStop = null;
  let trouble = '';
  const body = (): readonly string[] => [...podTable(shown, out), ...podRemarks(shown, out)];
  const draw = (): void => {
    const heading = out.ink.bold(cutTo(`havock8s  ${podSummary(shown)}`, out.columns - 16));
    const note = stopNote(stopped);
    const above = note === null ? [] : [out.ink.red(cutTo(note, out.columns))];
    const below = trouble === '' ? [] : ['', out.ink.red(cutTo(printable(trouble), out.columns))];
    screen.draw([`${heading}  ${out.ink.dim('Ctrl-C ends')}`, ...above, '', ...body(), ...below]);
  };
  process.stdout.on('resize', draw);
  return {
    show: ({ pods, stop }) => {
      shown = pods;
      stopped = stop;
      trouble = '';
      draw();
    },
    trouble: (message) => {
      trouble = message;
      draw();
    },
    close: () => {
      process.stdout.off('resize', draw);
      screen.close(body());
    },
  };
}

function faultLine(key: string, fault: PodFault | null): string {
  if (fault === null) return `${key} gone`;
  const left =
    fault.state === 'armed' && fault.remainingMs !== null ? `, ${timeLeft(fault.remainingMs)} left` : '';
  const hits = fault.tallies === null ? 'hits unknown' : `${injected(fault)} hits`;
  return `${key} ${fault.state}: ${hits}${left}`;
}

interface Changed {
  /** `NAMESPACE/POD FAULT` */
  readonly key: string;
  /** Null: it is not there any more. */
  readonly fault: PodFault | null;
}

/** That nothing is stopped is no news at the beginning. */
function isNewStop(): (stop: CurrentStop) => boolean {
  let before = stopNote(null);
  return (stop) => {
    const now = stopNote(stop);
    const isNew = now !== before;
    before = now;
    return isNew;
  };
}

/** Time goes by without being news. */
function onlyChanges(): (pods: readonly PodFaults[]) => readonly Changed[] {
  let before = new Map<string, string>();
  return (pods) => {
    const faults = new Map(pods.flatMap(faultsByKey));
    const now = new Map([...faults].map(([key, fault]) => [key, gist(fault)]));
    const changed = [...faults].flatMap(([key, fault]) =>
      before.get(key) === now.get(key) ? [] : [{ key, fault }],
    );
    const gone = [...before.keys()].flatMap((key) => (now.has(key) ? [] : [{ key, fault: null }]));
    before = now;
    return [...changed, ...gone];
  };
}

const faultsByKey = ({ namespace, pod, faults }: PodFaults): readonly (readonly [string, PodFault])[] =>
  faults.map((fault) => [`${podKey({ namespace, name: pod })} ${printable(fault.name)}`, fault]);

const gist = ({ state, sentence, startedAt, tallies }: PodFault): string =>
  JSON.stringify([state, sentence, startedAt, tallies?.matched, tallies?.injected]);
