/** What a sidecar says of its faults, by the read-only port of its pod. Nothing can be changed there. */
import * as z from 'zod';
import type { Clock } from '../../../core/clock.js';
import type { PodView } from './pod-view.js';
import { readPage } from './read-only-page.js';

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

/** At the same time, of all runs. */
const mostReading = 64;

export function sidecarReader(clock: Clock): ReadSidecar {
  const turns = new Turns(mostReading);
  return (pod) => turns.run(() => read(pod, clock));
}

async function read({ address, port, uid, name }: PodView, clock: Clock): Promise<SidecarSays> {
  if (port === null) throw new Error(`${name} has no read-only port`);
  const askedMs = clock.wallMs();
  const page = await readPage({ address, port, path: '/v1/faults', whose: `the sidecar of ${name}` });
  // It looked at its clock somewhere between.
  const halfwayMs = (askedMs + clock.wallMs()) / 2;
  const { sidecar, faults } = answer.parse(page);
  if (sidecar.pod !== null && sidecar.pod.uid !== uid)
    throw new Error(`at the address of ${name} the sidecar of another pod answers`);
  return { faults, aheadMs: Date.parse(sidecar.now) - halfwayMs };
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
