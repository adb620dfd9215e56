/**
 * The steps of a file, spelled out: no groups, repetitions and ramps any more, and each step says which must have ended
 * before it begins.
 *
 *     a, parallel(b, c), d        a ─┬─► b ─┬─► d
 *                                    └─► c ─┘
 */
import { writeDuration } from '../../faults/values/duration.js';
import type { Condition } from './condition.js';
import type { Question } from './probe.js';
import { type killable, nameOf, type outcomesOfNodeLoss, type Step } from './step.js';
import { type Sentence, sentence } from './texts.js';

/** What is done to the pods of a target, to what they belong to, or to the nodes that carry them. */
export type Change =
  | { readonly kind: 'delete'; readonly gracePeriodMs: number | null }
  | { readonly kind: 'restart'; readonly container: string | null }
  | { readonly kind: 'scale'; readonly replicas: number }
  | { readonly kind: 'cordon' | 'drain' | 'taint' | 'isolate'; readonly expect: NodeOutcome | null };

/** What is expected of the pods of a node that is lost: they come up elsewhere, wait for it, or stay on it. */
export type NodeOutcome = (typeof outcomesOfNodeLoss)[number];

export interface FaultAction {
  readonly kind: 'fault';
  readonly fault: string;
  readonly sentence: Sentence;
  readonly forMs: number;
  /** The target whose pods have it; null: on this machine, or the only one there is. */
  readonly on: string | null;
  /** On every injected pod of the nodes that carry the target, and not on the target alone. */
  readonly onNodes: boolean;
}

export interface ChangeAction {
  readonly kind: 'change';
  readonly change: Change;
  readonly on: string | null;
  /** Then it is taken back; null: there is nothing to take back. */
  readonly forMs: number | null;
}

export type Action =
  | FaultAction
  | ChangeAction
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
        return [this.#leaf(leaf, ended, step, faultOf(step, sentence, leaf))];
      }, after);
    if (step.node?.action === 'cut')
      return cutSentences(step.node).map(([part, sentence]) => {
        const leaf = `${id}.${part}`;
        return this.#leaf(leaf, after, step, { ...faultOf(step, sentence, leaf), onNodes: true });
      });
    return [this.#leaf(id, after, step, actionOf(step, id))];
  }

  #leaf(id: string, after: readonly string[], { timeLimit }: Step, action: Action): string {
    this.#steps.push({ id, after, timeLimitMs: timeLimit ?? null, action });
    return id;
  }
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

function actionOf(step: Step, id: string): Action {
  const { kill, wait, probe } = step;
  if (step.fault !== undefined) return faultOf(step, step.fault, id);
  if (kill !== undefined) return { kind: 'kill', ...kill };
  if (probe !== undefined) return { kind: 'probe', question: probe };
  if (wait?.until !== undefined) return { kind: 'until', condition: wait.until };
  return changeOf(step) ?? { kind: 'wait', forMs: wait?.for ?? 0 };
}

function faultOf({ target }: Step, sentence: Sentence, id: string): FaultAction {
  const { deadline } = sentence.fault;
  const forMs = deadline.kind === 'for' ? deadline.ms : 0;
  return { kind: 'fault', fault: id, sentence, forMs, on: target ?? null, onNodes: false };
}

/** Null where the step changes nothing. */
function changeOf({ target, delete: deleted, restart, scale, node }: Step): ChangeAction | null {
  const change = (change: Change, forMs: number | null): ChangeAction => ({
    kind: 'change',
    ...{ change, on: target ?? null, forMs },
  });
  if (deleted) return change({ kind: 'delete', gracePeriodMs: deleted.gracePeriod ?? null }, null);
  if (restart) return change({ kind: 'restart', container: restart.container ?? null }, null);
  if (scale) return change({ kind: 'scale', replicas: scale.replicas }, scale.for);
  if (node && node.action !== 'cut')
    return change({ kind: node.action, expect: node.expect ?? null }, node.for);
  return null;
}

/** A node that is cut off: its pods reach nobody any more, and where that is asked for their disks stand still. */
const cutSentences = ({
  for: forMs,
  freeze,
}: NonNullable<Step['node']>): readonly (readonly [string, Sentence])[] => {
  const read = (text: string): Sentence => sentence.parse(`${text} for ${writeDuration(forMs)}`);
  return [['network', read('tcp partition')], ...(freeze ? ([['disk', read('disk freeze')]] as const) : [])];
};
