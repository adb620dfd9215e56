/**
 * How long after `kubectl annotate` an effect is there, and how long after its removal it is gone. An agent tries without
 * a pause, and the first try that meets the effect, or the first that no longer does, is taken by the moment at which it
 * began. Pods and this process share the machine's clock. While one pod is measured the others rest.
 *
 *     kubectl starts ───── API server ─ webhook ─ stored ─────── kubectl has ended
 *                                          └─ kubelet ─ file ─ sidecar ─► first try that meets it
 */
import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import type { TestContext } from 'node:test';
import { faultPrefix } from '../../../core/keys.js';
import { median, tellDistribution } from '../distribution.js';
import type { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { dataFolder } from '../postgres/postgres-set.js';
import type { ProbeAgent } from '../probe-agent/probe-agent.js';
import type { Question, Until } from '../probe-agent/probe-agent-program.js';
import { annotate, untilState } from './play-effect.js';
import type { Setup } from './setup.js';

interface Prompt {
  /** Its sentence, but for the client's address and the deadline. */
  readonly what: string;
  readonly sentence: string;
  readonly eye: ProbeAgent;
  readonly question: Question;
  readonly met: Omit<Until, 'holds' | 'boundMs'>;
}

const name = 'prompt';
const timesEach = 4;
const boundMs = 60_000;
/**
 * Between two changes of one pod, as a person leaves. A kubelet that has just taken one takes the next up to a second
 * later (measured: 0.2 to 0.4 s after a rest, 0.8 to 1.0 s without), and from then on in step with whoever waits for
 * it.
 */
const restMs = { least: 1500, most: 3000 };
/** What a person would call at once. */
const mostMs = 500;
/** Processes that want a processor at once, for each there is. Beyond, a wait is the machine's, and is only told. */
const mostLoad = 4;

export async function measurePromptness(t: TestContext, setup: Setup): Promise<void> {
  const measured = new Map<string, Measured>();
  const places = placesOf(setup);
  const prompts = places.map((place) => Array.from({ length: timesEach }, () => promptsOf(place)).flat());
  const turn = new Turn();
  let next = 0;
  const measure = async (place: Place, all: readonly Prompt[]): Promise<void> => {
    for (let prompt = all[next++]; prompt !== undefined; prompt = all[next++]) {
      const own = measured.get(prompt.what) ?? { arm: new Waits(), disarm: new Waits() };
      measured.set(prompt.what, own);
      await once(place, prompt, own, turn);
    }
  };
  await Promise.all(places.map((place, index) => measure(place, prompts[index] ?? [])));
  const all: Measured = { arm: new Waits(), disarm: new Waits() };
  for (const [what, own] of measured)
    for (const way of ['arm', 'disarm'] as const) {
      t.diagnostic(`${way} ${what}: ${own[way].tell()}`);
      all[way].add(own[way]);
    }
  for (const way of ['arm', 'disarm'] as const) {
    t.diagnostic(`${way}, ms from the start of kubectl: ${tellDistribution(all[way].sinceStart)}`);
    t.diagnostic(`${way}, ms from its end: ${tellDistribution(all[way].sinceEnd)}`);
  }
  const load = (loadavg()[0] ?? 0) / availableParallelism();
  t.diagnostic(`load: ${load.toFixed(1)} a processor`);
  if (load > mostLoad) return t.diagnostic(`not judged, beyond ${mostLoad}`);
  for (const way of ['arm', 'disarm'] as const)
    assert.ok(median(all[way].sinceEnd) < mostMs, `${way}: the median is ${median(all[way].sinceEnd)} ms`);
}

interface Measured {
  readonly arm: Waits;
  readonly disarm: Waits;
}

class Waits {
  readonly sinceStart: number[] = [];
  readonly sinceEnd: number[] = [];

  add({ sinceStart, sinceEnd }: Waits): void {
    this.sinceStart.push(...sinceStart);
    this.sinceEnd.push(...sinceEnd);
  }

  tell(): string {
    const [start, end] = [this.sinceStart, this.sinceEnd].map((waits) => median(waits).toFixed(0));
    return `medians ${start} ms from the start of kubectl, ${end} ms from its end`;
  }
}

async function rested(): Promise<void> {
  const untilMs = performance.now() + restMs.least + Math.random() * (restMs.most - restMs.least);
  await eventually('the kubelet is at rest', async () => performance.now() >= untilMs, {
    boundMs: 2 * restMs.most,
  });
}

/** Who has it is alone. */
class Turn {
  #last: Promise<unknown> = Promise.resolve();

  take<T>(act: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(act);
    this.#last = mine.catch(() => {});
    return mine;
  }
}

/** A database that is annotated; the client asks it over the network. */
interface Place {
  readonly environment: Environment;
  readonly pod: string;
  readonly inside: ProbeAgent;
  readonly client: ProbeAgent;
  readonly clientAddress: string;
}

const placesOf = ({ primary, replica, otherReplica, ...shared }: Setup): readonly Place[] =>
  [primary, replica, otherReplica].map((inside, index) => ({ ...shared, pod: `pg-${index}`, inside }));

async function once(place: Place, prompt: Prompt, waits: Measured, turn: Turn): Promise<void> {
  const key = `${faultPrefix}${name}`;
  for (const [into, holds, change] of [
    [waits.arm, true, `${key}=${prompt.sentence}`],
    [waits.disarm, false, `${key}-`],
  ] as const) {
    const { eye, question, met } = prompt;
    await rested();
    await turn.take(async () => {
      const seeing = eye.seeUntil(question, { ...met, holds, boundMs });
      const startedAt = Date.now();
      const [first, endedAt] = await Promise.all([seeing, annotate(place, change).then(() => Date.now())]);
      into.sinceStart.push(first.at - startedAt);
      into.sinceEnd.push(first.at - endedAt);
    });
  }
  await untilState(place, 'none', name);
}

function promptsOf({ pod, inside, client, clientAddress }: Place): readonly Prompt[] {
  const path = `${dataFolder}/probe/file`;
  const disk = (what: string, question: Question, met: Prompt['met']): Prompt => ({
    what,
    sentence: `${what} for 5m`,
    eye: inside,
    question,
    met,
  });
  const server = { host: `${pod}.pg`, boundMs: 300 };
  const tcp = (what: string, met: Prompt['met'], question: Question): Prompt => ({
    what,
    sentence: `${what} ${clientAddress} for 5m`,
    eye: client,
    question,
    met,
  });
  const code = (is: string): Prompt['met'] => ({ field: 'code', is });
  const ask = { act: 'query', on: pod, sql: 'SELECT 1', server: { host: `${pod}.pg` } } as const;
  return [
    disk('disk error EIO on fsync in probe/**', { act: 'sync', path }, code('EIO')),
    disk('disk readonly in probe/**', { act: 'create', path }, code('EROFS')),
    disk(
      'disk short 100 on read in probe/**',
      { act: 'read', path, bytes: 4096 },
      { field: 'bytes', atMost: 100 },
    ),
    disk('disk latency 300ms on fsync in probe/**', { act: 'sync', path }, { field: 'ms', atLeast: 300 }),
    tcp('tcp refuse from', code('ECONNREFUSED'), { act: 'visit', ...server }),
    tcp('tcp reset with', code('ECONNRESET'), { act: 'visit', ...server }),
    tcp('tcp partition with', code('waiting'), { act: 'visit', ...server }),
    tcp('tcp latency 300ms with', { field: 'ms', atLeast: 300 }, ask),
  ];
}
