/** The times of a run: spans, and the phases that follow one another. */
import type { JournalEvent, Phase } from '../journal/events.js';

/** Milliseconds since the run began. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PhaseReport extends Span {
  readonly phase: Phase;
}

export function phasesOf(events: readonly JournalEvent[], durationMs: number): readonly PhaseReport[] {
  const begins = events.flatMap((event) =>
    event.type === 'phase-began' ? [{ phase: event.phase, fromMs: event.atMs }] : [],
  );
  const all = [{ phase: 'before' as Phase, fromMs: 0 }, ...begins];
  return all
    .map((phase, index) => ({ ...phase, toMs: all[index + 1]?.fromMs ?? durationMs }))
    .filter(({ phase }) => phase !== 'over');
}

/** Null before the first. */
export const phaseAt = (phases: readonly PhaseReport[], atMs: number): Phase | null =>
  phases.findLast(({ fromMs }) => fromMs <= atMs)?.phase ?? null;
