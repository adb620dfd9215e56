/** Plays the timeline: arms each fault by its annotation, asks for its proof, disarms it. */
import { setTimeout as wait } from 'node:timers/promises';
import { assertNever } from '../faults/assert-never.js';
import type { Act } from './act.js';
import type { Span } from './chart/chart.js';
import type { Disk } from './disk.js';

export interface PlayOptions {
  readonly disk: Disk;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onBegin: (act: Act) => void;
  readonly onEnd: (span: Span) => void;
}

/** Resolves to what was done, when it was done, and what each fault proves of itself. */
export async function play(acts: readonly Act[], options: PlayOptions): Promise<readonly Span[]> {
  const spans: Span[] = [];
  for (const act of acts) {
    await until(act.fromS, options);
    options.onBegin(act);
    const fromMs = options.now();
    const proof = await perform(act, options);
    const span = { title: act.title, told: told(act), proof, fromMs, toMs: options.now() };
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
      return deed.sentence;
    case 'kill':
      return `SIGKILL of the plane, ${deed.times} times`;
    default:
      return assertNever(deed);
  }
}

function perform(act: Act, options: PlayOptions): Promise<string> {
  const { deed } = act;
  switch (deed.kind) {
    case 'fault':
      return hold(act, deed.sentence, options);
    case 'kill':
      return kill(act, deed.times, options);
    default:
      return assertNever(deed);
  }
}

async function hold({ name, toS }: Act, sentence: string, options: PlayOptions): Promise<string> {
  options.disk.arm(name, sentence);
  await until(toS, options);
  const { matched, injected } = await options.disk.proof(name);
  options.disk.disarm();
  if (injected === 0) return `never hit anything, though ${matched} operations matched`;
  return `hit ${injected.toLocaleString('en-US')} of ${matched.toLocaleString('en-US')} operations`;
}

async function kill({ fromS, toS }: Act, times: number, options: PlayOptions): Promise<string> {
  for (let done = 0; done < times; done += 1) {
    options.disk.killPlane();
    await until(fromS + ((done + 1) * (toS - fromS)) / times, options);
  }
  return `started again ${await options.disk.restarts()} times`;
}
