/** What a sidecar says of its faults, by the read-only port of its pod. Nothing can be changed there. */
import * as z from 'zod';
import type { Clock } from '../../../core/clock.js';
import type { PodView } from './pod-view.js';

/** Of what the port answers, what is used here; see `sidecar/control/api.ts`. */
const answer = z.object({
  sidecar: z.object({ pod: z.object({ uid: z.string() }).nullable(), now: z.iso.datetime() }),
  faults: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      reason: z.string().nullable(),
      sentence: z.string(),
      tallies: z.object({ matched: z.number(), injected: z.number() }),
    }),
  ),
});

export type ListedFault = z.output<typeof answer>['faults'][number];

export interface SidecarSays {
  readonly faults: readonly ListedFault[];
  /** How far its wall clock is ahead of ours. */
  readonly aheadMs: number;
}

/** Rejects where it does not answer in time, or another pod does. */
export type ReadSidecar = (pod: PodView) => Promise<SidecarSays>;

export const limits = {
  answerMs: 2000,
  answerBytes: 4 * 1024 * 1024,
  /** At the same time, of all runs. */
  reading: 64,
} as const;

export function sidecarReader(clock: Clock): ReadSidecar {
  const turns = new Turns(limits.reading);
  return (pod) => turns.run(() => read(pod, clock));
}

async function read({ address, port, uid, name }: PodView, clock: Clock): Promise<SidecarSays> {
  const host = address.includes(':') ? `[${address}]` : address;
  const response = await fetch(`http://${host}:${port}/v1/faults`, {
    signal: AbortSignal.timeout(limits.answerMs),
    redirect: 'error',
    headers: { connection: 'close' },
  });
  if (!response.ok) throw new Error(`the sidecar of ${name} answered ${response.status}`);
  const { sidecar, faults } = answer.parse(JSON.parse(await bounded(response)));
  if (sidecar.pod !== null && sidecar.pod.uid !== uid)
    throw new Error(`at the address of ${name} the sidecar of another pod answers`);
  return { faults, aheadMs: Date.parse(sidecar.now) - clock.wallMs() };
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limits.answerBytes) throw new Error(`the answer has more than ${limits.answerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** So many at a time; the others wait for their turn. */
class Turns {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(readonly most: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}
