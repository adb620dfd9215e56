/** Plays the timeline: arms each fault by its annotation, asks for its proof, disarms it. */
import { setTimeout as wait } from 'node:timers/promises';
import { assertNever } from '../faults/assert-never.js';
import type { Act } from './act.js';
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

/** Resolves to what was done, when it was done, and what each fault proves of itself. */
export async function play(acts: readonly Act[], options: PlayOptions): Promise<readonly Span[]> {
  const spans: Span[] = [];
  for (const act of acts) {
    await until(act.fromS, options);
    options.onBegin(act);
    const fromMs = options.now();
    const done = await perform(act, options);
    const span = { title: act.title, told: told(act), fromMs, ...done };
    options.onEnd(span);
    spans.push(span);
  }
  return spans;
}

export async function until(
  seconds: number,
  { now, signal }: Pick<PlayOptions, 'now' | 'signal'>,
): Promise<void> {
  await wait(Math.max(0, seconds * 1000 - now()), undefined, { signal });
}

export function told({ deed }: Act): string {
  switch (deed.kind) {
    case 'fault':
    case 'cut-off':
      return deed.sentence;
    case 'kill':
      return `SIGKILL of the plane, ${deed.times} times`;
    default:
      return assertNever(deed);
  }
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
    default:
      return assertNever(deed);
  }
}

async function hold({ name, toS }: Act, sentence: string, options: PlayOptions): Promise<Done> {
  options.injector.arm(name, sentence);
  await until(toS, options);
  const proof = await options.injector.proof(name);
  options.injector.disarm();
  return { proof: faultWords(proof), toMs: options.now() };
}

/** The act is over when the fault is; the story is when the replica is level, or when nobody waits any more. */
async function cutOff({ name, toS }: Act, sentence: string, options: PlayOptions): Promise<Done> {
  const { injector, lag, now } = options;
  const fromMs = now();
  injector.arm(name, sentence);
  await until(toS, options);
  const toMs = now();
  for (let s = toS; s < toS + catchUpS && cutOffSince(lag, fromMs).caughtUpMs === null; s += lookEveryS) {
    await until(s + lookEveryS, options);
  }
  const proof = await injector.proof(name);
  injector.disarm();
  return { proof: cutOffWords(proof, cutOffSince(lag, fromMs)), toMs };
}

async function kill({ fromS, toS }: Act, times: number, options: PlayOptions): Promise<Done> {
  for (let done = 0; done < times; done += 1) {
    options.injector.killPlane();
    await until(fromS + ((done + 1) * (toS - fromS)) / times, options);
  }
  return { proof: killWords(await options.injector.restarts()), toMs: options.now() };
}
