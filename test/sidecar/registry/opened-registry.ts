/** A registry with a fault proxy, a clock and a state directory of the test's own, closed when the test ends. */
import type { TestContext } from 'node:test';
import type { AnnotationsReading } from '../../../sidecar/registry/annotations/annotations.js';
import type { FaultEvent } from '../../../sidecar/registry/fault-events.js';
import { FaultRegistry } from '../../../sidecar/registry/fault-registry.js';
import { ManualClock } from '../../core/manual-clock.js';
import { type CollectingLog, collectingLog } from './collecting-log.js';
import { type Memory, RecordingApplier } from './recording-applier.js';
import { temporaryDirectory } from './temporary-directory.js';

/** When the clocks of these tests start: sentences name times after it. */
export const startedMs = Date.parse('2026-01-02T03:04:05.000Z');

export interface OpenedRegistry extends CollectingLog {
  readonly registry: FaultRegistry;
  readonly applier: RecordingApplier;
  readonly clock: ManualClock;
  readonly stateDirectory: string;
  /** Of each event `kind name`, in order. */
  readonly happened: readonly string[];
  readonly events: readonly FaultEvent[];
}

export interface OpenOptions {
  readonly clock?: ManualClock;
  readonly stateDirectory?: string;
  /** Null: one by chance. */
  readonly seed?: number | null;
  /** What was counted in an earlier life. */
  readonly memory?: Memory;
}

export async function openedRegistry(t: TestContext, options: OpenOptions = {}): Promise<OpenedRegistry> {
  const { clock = new ManualClock(startedMs), stateDirectory = await temporaryDirectory(t) } = options;
  const { seed = 7, memory = new Map() } = options;
  const applier = new RecordingApplier(clock, memory);
  const collecting = collectingLog();
  const registry = await FaultRegistry.open({
    appliers: [applier],
    seed,
    stateDirectory,
    log: collecting.log,
    clock,
  });
  t.after(() => registry.close());
  const happened: string[] = [];
  const events: FaultEvent[] = [];
  registry.events.subscribe({
    event: (event) => {
      happened.push(`${event.kind} ${event.name}`);
      events.push(event);
    },
    end: () => {},
  });
  return { registry, applier, clock, stateDirectory, happened, events, ...collecting };
}

/** What the watcher would deliver for these annotations. */
export function annotations(
  sentences: Readonly<Record<string, string | null>>,
  disarmBeforeMs: number | null = null,
): AnnotationsReading {
  const faults = Object.entries(sentences).map(([name, sentence]) => ({ name, sentence }));
  return { kind: 'read', faults, disarmBeforeMs, problems: [] };
}

/** `name source state` of each listed fault. */
export function listing(registry: FaultRegistry): readonly string[] {
  return registry.list().map(({ name, source, state }) => `${name} ${source} ${state}`);
}

/** Resolves with the next event of this kind; subscribe before what causes it. */
export function nextEvent(registry: FaultRegistry, kind: FaultEvent['kind']): Promise<FaultEvent> {
  return new Promise((resolve) => {
    const leave = registry.events.subscribe({
      event: (event) => {
        if (event.kind !== kind) return;
        leave?.();
        resolve(event);
      },
      end: () => {},
    });
  });
}
