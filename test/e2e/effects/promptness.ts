/**
 * How long after `kubectl annotate` an effect is there, and how long after its removal it is gone. An agent tries without
 * a pause, and the first try that meets the effect, or the first that no longer does, is taken by the moment at which it
 * began. Pods and this process share the machine's clock.
 *
 *     kubectl starts ───── API server ─ webhook ─ stored ─────── kubectl has ended
 *                                          └─ kubelet ─ file ─ sidecar ─► first try that meets it
 */
import assert from 'node:assert/strict';
import { availableParallelism, loadavg } from 'node:os';
import type { TestContext } from 'node:test';
import { faultPrefix } from '../../../core/keys.js';
import { median, tellDistribution } from '../distribution.js';
import { eventually } from '../eventually.js';
import { dataFolder } from '../postgres/postgres-set.js';
import type { ProbeAgent } from '../probe-agent/probe-agent.js';
import type { Question, Until } from '../probe-agent/probe-agent-program.js';
import { annotate, untilState } from './play-effect.js';
import type { Setup } from './setup.js';

interface Prompt {
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
  const all = { arm: new Waits(), disarm: new Waits() };
  for (const prompt of promptsOf(setup)) {
    const own = { arm: new Waits(), disarm: new Waits() };
    for (let time = 0; time < timesEach; time++) await once(setup, prompt, own);
    for (const way of ['arm', 'disarm'] as const) {
      t.diagnostic(`${way} ${prompt.sentence}: ${own[way].tell()}`);
      all[way].add(own[way]);
    }
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

class Waits {
  readonly sinceStart: number[] = [];
  readonly sinceEnd: number[] = [];

  add({ sinceStart, sinceEnd }: Waits): void {
    this.sinceStart.push(...sinceStart);
    this.sinceEnd.push(...sinceEnd);
  }

  tell(): string {
    return `medians ${median(this.sinceStart)} ms from the start of kubectl, ${median(this.sinceEnd)} ms from its end`;
  }
}

async function rested(): Promise<void> {
  const untilMs = performance.now() + restMs.least + Math.random() * (restMs.most - restMs.least);
  await eventually('the kubelet is at rest', async () => performance.now() >= untilMs, {
    boundMs: 2 * restMs.most,
  });
}

async function once(setup: Setup, prompt: Prompt, waits: { arm: Waits; disarm: Waits }): Promise<void> {
  const at = { environment: setup.environment, pod: 'pg-0', inside: setup.primary };
  const key = `${faultPrefix}${name}`;
  for (const [into, holds, change] of [
    [waits.arm, true, `${key}=${prompt.sentence}`],
    [waits.disarm, false, `${key}-`],
  ] as const) {
    const { eye, question, met } = prompt;
    await rested();
    const seeing = eye.seeUntil(question, { ...met, holds, boundMs });
    const startedAt = Date.now();
    const [first, endedAt] = await Promise.all([seeing, annotate(at, change).then(() => Date.now())]);
    into.sinceStart.push(first.at - startedAt);
    into.sinceEnd.push(first.at - endedAt);
  }
  await untilState(at, 'none', name);
}

function promptsOf({ client, clientAddress, primary }: Setup): readonly Prompt[] {
  const path = `${dataFolder}/probe/file`;
  const disk = (sentence: string, question: Question, met: Prompt['met']): Prompt => ({
    sentence: `disk ${sentence} for 5m`,
    eye: primary,
    question,
    met,
  });
  const server = { host: 'pg-0.pg', boundMs: 300 };
  const tcp = (sentence: string, met: Prompt['met'], question: Question): Prompt => ({
    sentence: `tcp ${sentence} ${clientAddress} for 5m`,
    eye: client,
    question,
    met,
  });
  const code = (is: string): Prompt['met'] => ({ field: 'code', is });
  const ask = { act: 'query', on: name, sql: 'SELECT 1', server: { host: 'pg-0.pg' } } as const;
  return [
    disk('error EIO on fsync in probe/**', { act: 'sync', path }, code('EIO')),
    disk('readonly in probe/**', { act: 'create', path }, code('EROFS')),
    disk(
      'short 100 on read in probe/**',
      { act: 'read', path, bytes: 4096 },
      { field: 'bytes', atMost: 100 },
    ),
    disk('latency 300ms on fsync in probe/**', { act: 'sync', path }, { field: 'ms', atLeast: 300 }),
    tcp('refuse from', code('ECONNREFUSED'), { act: 'visit', ...server }),
    tcp('reset with', code('ECONNRESET'), { act: 'visit', ...server }),
    tcp('partition with', code('waiting'), { act: 'visit', ...server }),
    tcp('latency 300ms with', { field: 'ms', atLeast: 300 }, ask),
  ];
}
