/** Plays the timeline: arms each fault by its annotation, asks for its proof, disarms it. */
import { setTimeout as wait } from 'node:timers/promises';
import { assertNever } from '../../core/assert-never.js';
import { type Action, told } from './action.js';
import type { Span } from './chart/chart.js';
import type { Injector } from './injector.js';
import { cutOffSince, type LagSample } from './replica/lag.js';
import { cutOffWords, faultWords, killWords } from './words.js';

export interface PlayOptions {
  readonly injector: Injector;
  /** Grows while the actions are played. */
  readonly lag: readonly LagSample[];
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onBegin: (action: Action) => void;
  readonly onEnd: (span: Span) => void;
}

type Done = Pick<Span, 'proof' | 'toMs'>;

const catchUpS = 5;
const lookEveryS = 0.05;

/**
 * Resolves to what was done, when it was done, and what each fault proves of itself. Where one action took longer than
 * planned the next ones come later: none is cut short.
 */
export async function play(actions: readonly Action[], options: PlayOptions): Promise<readonly Span[]> {
  const { now } = options;
  const spans: Span[] = [];
  let lateS = 0;
  for (const action of actions) {
    await until(action.fromS + lateS, options);
    options.onBegin(action);
    const fromMs = now();
    const done = await perform(action, options);
    const span = { title: action.title, told: told(action), fromMs, ...done };
    options.onEnd(span);
    spans.push(span);
    lateS = Math.max(lateS, done.toMs / 1000 - action.toS);
  }
  return spans;
}

export async function until(
  seconds: number,
  { now, signal }: Pick<PlayOptions, 'now' | 'signal'>,
): Promise<void> {
  await wait(Math.max(0, seconds * 1000 - now()), undefined, { signal });
}

function perform(action: Action, options: PlayOptions): Promise<Done> {
  const { disturbance } = action;
  switch (disturbance.kind) {
    case 'fault':
      return hold(action, disturbance.sentence, options);
    case 'cut-off':
      return cutOff(action, disturbance.sentence, options);
    case 'kill':
      return kill(action, disturbance.times, options);
    case 'own':
      return own(disturbance.perform, options);
    default:
      return assertNever(disturbance);
  }
}

async function hold(action: Action, sentence: string, options: PlayOptions): Promise<Done> {
  const { injector, now } = options;
  await injector.arm(action.name, sentence);
  await until(now() / 1000 + lengthS(action), options);
  const proof = await injector.proof(action.name);
  await injector.disarm(action.name);
  return { proof: faultWords(proof), toMs: now() };
}

/** The action is over when the fault is; the story is when the replica is level, or when nobody waits any more. */
async function cutOff(action: Action, sentence: string, options: PlayOptions): Promise<Done> {
  const { injector, lag, now } = options;
  const fromMs = now();
  await injector.arm(action.name, sentence);
  const toS = now() / 1000 + lengthS(action);
  await until(toS, options);
  const toMs = now();
  for (let s = toS; s < toS + catchUpS && cutOffSince(lag, fromMs).caughtUpMs === null; s += lookEveryS) {
    await until(s + lookEveryS, options);
  }
  const proof = await injector.proof(action.name);
  await injector.disarm(action.name);
  return { proof: cutOffWords(proof, cutOffSince(lag, fromMs)), toMs };
}

async function kill(action: Action, times: number, options: PlayOptions): Promise<Done> {
  const fromS = options.now() / 1000;
  for (let done = 0; done < times; done += 1) {
    await options.injector.killFaultProxy();
    await until(fromS + ((done + 1) * lengthS(action)) / times, options);
  }
  return { proof: killWords(await options.injector.restarts()), toMs: options.now() };
}

const own = async (perform: () => Promise<string>, { now }: PlayOptions): Promise<Done> => ({
  proof: await perform(),
  toMs: now(),
});

const lengthS = ({ fromS, toS }: Action): number => toS - fromS;
