/**
 * The steps of a file, spelled out: no groups, repetitions and ramps any more, and each step says which must have ended
 * before it begins.
 *
 *     a, parallel(b, c), d        a ─┬─► b ─┬─► d
 *                                    └─► c ─┘
 */
import type { Condition } from './condition.js';
import type { Question } from './probe.js';
import { type killable, nameOf, type Step } from './step.js';
import type { Sentence } from './texts.js';

export type Action =
  | { readonly kind: 'fault'; readonly fault: string; readonly sentence: Sentence; readonly forMs: number }
  | { readonly kind: 'kill'; readonly process: (typeof killable)[number]; readonly signal: string }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'until'; readonly condition: Condition }
  | { readonly kind: 'probe'; readonly question: Question };

export interface PlannedStep {
  /** Unique in the run: `slow`, `twice.2.slow`. */
  readonly id: string;
  /** Ids of the steps that must have ended. */
  readonly after: readonly string[];
  /** Null: what it does has an end of its own. */
  readonly timeLimitMs: number | null;
  readonly action: Action;
}

export const plannedSteps = (steps: readonly Step[], prefix = ''): readonly PlannedStep[] =>
  new Spelling(prefix).spell(steps);

class Spelling {
  readonly #steps: PlannedStep[] = [];

  constructor(readonly prefix: string) {}

  spell(steps: readonly Step[]): readonly PlannedStep[] {
    this.#list(steps, { prefix: this.prefix, first: [], together: false });
    return this.#steps;
  }

  /** Returns the ids that must have ended for all of the list to have. */
  #list(
    steps: readonly Step[],
    { prefix, first, together }: { prefix: string; first: readonly string[]; together: boolean },
  ): readonly string[] {
    const ends = new Map<string, readonly string[]>();
    let previous = first;
    steps.forEach((step, index) => {
      const name = nameOf(step, index);
      const named = step.after?.flatMap((one) => ends.get(one) ?? []);
      const ended = this.#step(step, prefix + name, named ? [...first, ...named] : previous);
      ends.set(name, ended);
      if (!together) previous = ended;
    });
    return [...new Set([...ends.values()].flat())];
  }

  #step(step: Step, id: string, after: readonly string[]): readonly string[] {
    const { parallel, repeat, ramp } = step;
    if (parallel) return this.#list(parallel, { prefix: `${id}.`, first: after, together: true });
    if (repeat)
      return numbers(repeat.times).reduce(
        (first, turn) => this.#list(repeat.steps, { prefix: `${id}.${turn}.`, first, together: false }),
        after,
      );
    if (ramp)
      return ramp.reduce<readonly string[]>((ended, sentence, index) => {
        const leaf = `${id}.${index + 1}`;
        return [this.#leaf(leaf, ended, step, fault(sentence, leaf))];
      }, after);
    return [this.#leaf(id, after, step, actionOf(step, id))];
  }

  #leaf(id: string, after: readonly string[], { timeLimit }: Step, action: Action): string {
    this.#steps.push({ id, after, timeLimitMs: timeLimit ?? null, action });
    return id;
  }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

function actionOf({ fault: sentence, kill, wait, probe }: Step, id: string): Action {
  if (sentence !== undefined) return fault(sentence, id);
  if (kill !== undefined) return { kind: 'kill', ...kill };
  if (probe !== undefined) return { kind: 'probe', question: probe };
  if (wait?.until !== undefined) return { kind: 'until', condition: wait.until };
  return { kind: 'wait', forMs: wait?.for ?? 0 };
}

function fault(sentence: Sentence, id: string): Action {
  const { deadline } = sentence.fault;
  return {
    kind: 'fault',
    fault: id,
    sentence,
    forMs: deadline.kind === 'for' ? deadline.ms : 0,
  };
}
