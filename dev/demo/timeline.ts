/** Acts one after the other, with calm between them, in which what was held up goes on. */
import type { Act } from './act.js';

export interface PlannedAct extends Pick<Act, 'name' | 'title' | 'deed'> {
  readonly forS: number;
  /** After it. */
  readonly calmS: number;
}

export interface Timeline {
  readonly acts: readonly Act[];
  /** In all, the last calm included. */
  readonly seconds: number;
}

export function inTurn(planned: readonly PlannedAct[], calmFirstS: number): Timeline {
  let nextS = calmFirstS;
  const acts = planned.map(({ forS, calmS, ...act }) => {
    const fromS = nextS;
    const toS = fromS + forS;
    nextS = toS + calmS;
    return { ...act, fromS, toS };
  });
  return { acts, seconds: Math.ceil(nextS) };
}
