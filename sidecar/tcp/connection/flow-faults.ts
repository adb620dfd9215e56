/** What is to happen to one way of one connection, sorted by when in its passage it happens. */
import type { Shaper } from '../effects/shaper.js';
import type { ConnectionFault, Way } from './connection-fault.js';

export interface FlowFaults {
  /** Everything that matches, also what the dice let be: its bytes are counted. */
  readonly all: readonly ConnectionFault[];
  readonly holds: readonly ConnectionFault[];
  readonly quotas: readonly ConnectionFault[];
  readonly flips: readonly ConnectionFault[];
  readonly latencies: readonly ConnectionFault[];
  readonly slices: readonly ConnectionFault[];
  readonly shapers: readonly Shaped[];
  readonly slowCloses: readonly ConnectionFault[];
}

export interface Shaped {
  readonly verdict: ConnectionFault;
  readonly shaper: Shaper;
}

/** Null when nothing matches: the bytes then take the short way. */
export function flowFaults(
  verdicts: Iterable<ConnectionFault>,
  way: Way,
  shaperOf: (verdict: ConnectionFault, way: Way) => Shaper,
): FlowFaults | null {
  const all = [...verdicts].filter((verdict) => verdict[way]);
  if (all.length === 0) return null;
  const hit = all.filter(({ outcome }) => outcome === 'hit');
  const of = (...kinds: readonly string[]): readonly ConnectionFault[] =>
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
