/** Plays the timeline: arms each fault by its annotation, asks for its proof, disarms it. */
import { setTimeout as wait } from 'node:timers/promises';
import { assertNever } from '../../core/assert-never.js';
import { type Act, told } from './act.js';
import type { Span } from './chart/chart.js';
import type { Injector } from './injector.js';
import { cutOffSince, type LagSample } from './replica/lag.js';
import { cutOffWords, faultWords, killWords } from './words.js';

export interface PlayOptions {
  readonly injector: Injector;
  /** Grows while the acts are played. */
  readonly lag: readonly LagSample[];
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onBegin: (act: Act) => void;
  readonly onEnd: (span: Span) => void;
}

type Done = Pick<Span, 'proof' | 'toMs'>;

const catchUpS = 5;
const lookEveryS = 0.05;

/**
 * Resolves to what was done, when it was done, and what each fault proves of itself. Where one act took longer than
 * planned the next ones come later: none is cut short.
 */
export async function play(acts: readonly Act[], options: PlayOptions): Promise<readonly Span[]> {
  const { now } = options;
  const spans: Span[] = [];
  let lateS = 0;
  for (const act of acts) {
    await until(act.fromS + lateS, options);
    options.onBegin(act);
    const fromMs = now();
    const done = await perform(act, options);
    const span = { title: act.title, told: told(act), fromMs, ...done };
    options.onEnd(span);
    spans.push(span);
    lateS = Math.max(lateS, done.toMs / 1000 - act.toS);
  }
  return spans;
}

export async function until(
  seconds: number,
  { now, signal }: Pick<PlayOptions, 'now' | 'signal'>,
): Promise<void> {
  await wait(Math.max(0, seconds * 1000 - now()), undefined, { signal });
}

function perform(act: Act, options: PlayOptions): Promise<Done> {
  const { deed } = act;
  switch (deed.kind) {
    case 'fault':
      return hold(act, deed.sentence, options);
    case 'cut-off':
      return cutOff(act, deed.sentence, options);
    case 'kill':
      return kill(act, deed.times, options);
    case 'own':
      return own(deed.perform, options);
    default:
      return assertNever(deed);
  }
}

async function hold(act: Act, sentence: string, options: PlayOptions): Promise<Done> {
  const { injector, now } = options;
  await injector.arm(act.name, sentence);
  await until(now() / 1000 + lengthS(act), options);
  const proof = await injector.proof(act.name);
  await injector.disarm(act.name);
  return { proof: faultWords(proof), toMs: now() };
}

/** The act is over when the fault is; the story is when the replica is level, or when nobody waits any more. */
async function cutOff(act: Act, sentence: string, options: PlayOptions): Promise<Done> {
  const { injector, lag, now } = options;
  const fromMs = now();
  await injector.arm(act.name, sentence);
  const toS = now() / 1000 + lengthS(act);
  await until(toS, options);
  const toMs = now();
  for (let s = toS; s < toS + catchUpS && cutOffSince(lag, fromMs).caughtUpMs === null; s += lookEveryS) {
    await until(s + lookEveryS, options);
  }
  const proof = await injector.proof(act.name);
  await injector.disarm(act.name);
  return { proof: cutOffWords(proof, cutOffSince(lag, fromMs)), toMs };
}

async function kill(act: Act, times: number, options: PlayOptions): Promise<Done> {
  const fromS = options.now() / 1000;
  for (let done = 0; done < times; done += 1) {
    await options.injector.killPlane();
    await until(fromS + ((done + 1) * lengthS(act)) / times, options);
  }
  return { proof: killWords(await options.injector.restarts()), toMs: options.now() };
}

const own = async (perform: () => Promise<string>, { now }: PlayOptions): Promise<Done> => ({
  proof: await perform(),
  toMs: now(),
});

const lengthS = ({ fromS, toS }: Act): number => toS - fromS;
