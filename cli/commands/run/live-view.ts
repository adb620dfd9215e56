/**
 * What changes while a run goes on: what is on now, and of the last seconds, a column each, what the ledger was answered
 * and what each probe came to.
 *
 *       34.2 s  now            cut-off: tcp blackhole port 5441, 4 s left
 *               writes         ▅▆▆▂▁▁▅▆▇▇  812 a second, median 4 ms
 *               replica-lag    ▁▁▁▂▇×××▁▁  answer 13 after 9 ms
 */
import { printable } from '../../../core/printable.js';
import type { Plan } from '../../../experiment/engine/plan.js';
import type { Action } from '../../../experiment/file/planned-steps.js';
import type {
  JournalEvent,
  Measurement,
  Outcome,
  Phase,
  Traffic,
} from '../../../experiment/journal/events.js';
import type { Ink } from '../../terminal/ink.js';
import { sparkBar } from '../../terminal/spark.js';
import { cutTo } from '../../terminal/width.js';
import { storyLine, subjectColumns } from './story.js';

type Seen = Pick<Measurement, 'outcome' | 'tookMs' | 'seen' | 'value'>;

export interface ViewOptions {
  readonly ink: Ink;
  readonly columns: number;
}

const mostSeconds = 40;
/** For what is said beside the bars. */
const wordColumns = 40;
/** A bar is as high as can be at ten seconds. */
const decades = 4;

const phaseWords: Readonly<Record<Phase, string>> = {
  before: 'waiting until the hypothesis holds',
  during: 'no fault is on',
  after: 'waiting until all is well again',
  finally: 'the end: faults off, data read back',
  over: 'over',
};

const badness: Readonly<Record<Outcome, number>> = { Successful: 0, Inconclusive: 1, Error: 1, Failed: 2 };

export class LiveView {
  readonly #actions: ReadonlyMap<string, Action>;
  readonly #open = new Map<string, number>();
  readonly #traffic = new Map<number, Traffic>();
  readonly #probes = new Map<string, Map<number, Seen>>();
  #lastTraffic: Traffic | null = null;
  #lastSeen = new Map<string, Seen>();
  #phase: Phase = 'before';

  constructor({ steps, finally: { steps: last } }: Pick<Plan, 'steps' | 'finally'>) {
    this.#actions = new Map([...steps, ...last].map(({ id, action }) => [id, action]));
  }

  note(event: JournalEvent): void {
    const second = secondOf(event.atMs);
    switch (event.type) {
      case 'phase-began':
        this.#phase = event.phase;
        return;
      case 'step-began':
        this.#open.set(event.step, event.atMs);
        return;
      case 'step-ended':
        this.#open.delete(event.step);
        return;
      case 'traffic':
        this.#lastTraffic = event;
        keep(this.#traffic, second, event);
        return;
      case 'measured':
        this.#measured(event.probe, second, event);
        return;
      default:
    }
  }

  lines(nowMs: number, { ink, columns }: ViewOptions): readonly string[] {
    const seconds = Math.max(8, Math.min(mostSeconds, columns - subjectColumns - wordColumns));
    const last = secondOf(nowMs);
    const shown = Array.from({ length: seconds }, (_, index) => last - seconds + index);
    const row = (subject: string, bars: string, words: string): string =>
      storyLine(
        null,
        subject,
        `${bars}  ${cutTo(words, Math.max(10, columns - subjectColumns - seconds - 3))}`,
        ink,
      );
    const now = cutTo(printable(this.#now(nowMs)), Math.max(10, columns - subjectColumns - 1));
    return [
      '',
      storyLine(nowMs, 'now', now, ink),
      ...(this.#lastTraffic === null
        ? []
        : [row('writes', this.#writeBars(shown, ink), trafficWords(this.#lastTraffic))]),
      ...[...this.#probes].map(([name, measured]) =>
        row(
          name,
          probeBars(
            shown.map((second) => measured.get(second)),
            ink,
          ),
          printable(this.#lastSeen.get(name)?.seen ?? ''),
        ),
      ),
    ];
  }

  #measured(probe: string, second: number, measured: Seen): void {
    const of = this.#probes.get(probe) ?? new Map<number, Seen>();
    this.#probes.set(probe, of);
    this.#lastSeen.set(probe, measured);
    const known = of.get(second);
    if (known === undefined || isWorse(measured, known)) keep(of, second, measured);
  }

  #now(nowMs: number): string {
    const doing = [...this.#open].flatMap(([step, beganAtMs]) => {
      const action = this.#actions.get(step);
      if (action === undefined || action.kind === 'wait') return [];
      if (action.kind !== 'fault') return [`${step}: ${wordsOf(action)}`];
      const left = Math.max(0, Math.ceil((beganAtMs + action.forMs - nowMs) / 1000));
      return [`${step}: ${action.sentence.text}, ${left} s left`];
    });
    return doing.length === 0 ? phaseWords[this.#phase] : doing.join('; ');
  }

  #writeBars(shown: readonly number[], ink: Ink): string {
    const most = Math.max(1, ...[...this.#traffic.values()].map(({ acknowledged }) => acknowledged));
    return shown
      .map((second) => {
        const traffic = this.#traffic.get(second);
        if (traffic === undefined) return ' ';
        const { acknowledged, refused, unknown } = traffic;
        const isBad = refused + unknown > 0;
        if (acknowledged === 0) return isBad ? ink.red('×') : ink.dim('·');
        return (isBad ? ink.yellow : ink.green)(sparkBar(acknowledged / most));
      })
      .join('');
  }
}

const secondOf = (ms: number): number => Math.floor(ms / 1000);

/** What no terminal shows any more is not kept. */
function keep<T>(columns: Map<number, T>, second: number, value: T): void {
  columns.set(second, value);
  for (const old of columns.keys()) if (old < second - mostSeconds - 1) columns.delete(old);
}

const isWorse = (one: Seen, other: Seen): boolean =>
  badness[one.outcome] - badness[other.outcome] > 0 ||
  (badness[one.outcome] === badness[other.outcome] && one.tookMs > other.tookMs);

/** Where a condition looks at a number that is what is drawn, against the largest; else how long it took. */
function probeBars(shown: readonly (Seen | undefined)[], ink: Ink): string {
  const values = shown.flatMap((measured) => measured?.value ?? []);
  const most = Math.max(...values, 1);
  const heightOf = ({ value, tookMs }: Seen): number => {
    if (values.length > 0) return Math.max(0, value ?? 0) / most;
    return Math.log10(Math.max(1, tookMs)) / decades;
  };
  return shown
    .map((measured) => {
      if (measured === undefined) return ' ';
      if (measured.outcome === 'Failed') return ink.red('×');
      if (measured.outcome !== 'Successful') return ink.yellow('?');
      return ink.green(sparkBar(heightOf(measured)));
    })
    .join('');
}

function trafficWords({ acknowledged, refused, unknown, p50Ms }: Traffic): string {
  return [
    `${acknowledged.toLocaleString('en')} a second`,
    ...(p50Ms === null ? [] : [`median ${p50Ms < 10 ? p50Ms.toFixed(1) : Math.round(p50Ms)} ms`]),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(unknown > 0 ? [`${unknown} unanswered`] : []),
  ].join(', ');
}

function wordsOf(action: Exclude<Action, { kind: 'fault' | 'wait' }>): string {
  if (action.kind === 'kill') return `SIG${action.signal} to the ${action.process.replace('-', ' ')}`;
  if (action.kind === 'change') return action.change.kind;
  return action.kind === 'until' ? `until ${action.condition.text}` : action.question.says;
}
