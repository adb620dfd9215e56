/** What is to happen to one way of one connection, sorted by when in its passage it happens. */
import type { Shaper } from '../effects/shaper.js';
import type { Verdict, Way } from './verdict.js';

export interface FlowFaults {
  /** Everything that matches, also what the dice let be: its bytes are counted. */
  readonly all: readonly Verdict[];
  readonly holds: readonly Verdict[];
  readonly quotas: readonly Verdict[];
  readonly flips: readonly Verdict[];
  readonly latencies: readonly Verdict[];
  readonly slices: readonly Verdict[];
  readonly shapers: readonly Shaped[];
  readonly slowCloses: readonly Verdict[];
}

export interface Shaped {
  readonly verdict: Verdict;
  readonly shaper: Shaper;
}

/** Null when nothing matches: the bytes then take the short way. */
export function flowFaults(
  verdicts: Iterable<Verdict>,
  way: Way,
  shaperOf: (verdict: Verdict, way: Way) => Shaper,
): FlowFaults | null {
  const all = [...verdicts].filter((verdict) => verdict[way]);
  if (all.length === 0) return null;
  const hit = all.filter(({ outcome }) => outcome === 'hit');
  const of = (...kinds: readonly string[]): readonly Verdict[] =>
    hit.filter(({ fault }) => kinds.includes(fault.effect.kind));
  return {
    all,
    holds: of('blackhole'),
    quotas: of('reset', 'limit'),
    flips: of('corrupt'),
    latencies: of('latency'),
    slices: of('slice'),
    shapers: of('bandwidth').map((verdict) => ({ verdict, shaper: shaperOf(verdict, way) })),
    slowCloses: of('slow-close'),
  };
}
