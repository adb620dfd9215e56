/**
 * The armed faults made ready for the hot path: which faults an operation has to be held against, without looking at
 * the others.
 *
 *     verb ──► the faults that reach it ──► path (remembered) ──► those whose glob matches
 */

import type { ArmedFault, ArmedFaults } from './armed-faults.js';
import type { DiskEffect, DiskFault, Trigger } from './fault.js';
import { compileGlob, type PathMatcher } from './glob.js';
import { limits } from './limits.js';
import { type DiskOperation, type DiskVerb, diskVerbs } from './operation.js';
import { verbsOf } from './verbs.js';

export interface CompiledFaults {
  readonly version: number;
  /** Could any fault hit an operation of this verb? If not, `decide` need not be asked. */
  touches(verb: DiskVerb): boolean;
  /** Does it matter which path such an operation is about? If not, its path may be left ''. */
  needsPath(verb: DiskVerb): boolean;
  /** The faults that reach this verb and path, on whatever volume, in the order in which they are armed. */
  reaching(operation: DiskOperation): readonly CompiledFault[];
  /** Could a fault hit this verb, on this volume, at this path? Nothing is counted. */
  reaches(verb: DiskVerb, volume: string, path: string): boolean;
}

export interface CompiledFault {
  readonly slot: number;
  readonly seed: number;
  readonly endsMs: number;
  readonly effect: DiskEffect;
  readonly trigger: Trigger;
  /** Undefined: every volume. */
  readonly volume: string | undefined;
  readonly verbs: ReadonlySet<DiskVerb>;
  /** Null: every path. */
  readonly paths: PathMatcher | null;
}

/** Faults of other planes are left out. */
export function compileFaults(armed: ArmedFaults): CompiledFaults {
  const faults = armed.faults.flatMap((one) => compileFault(one));
  const byVerb = reachByVerb(faults);
  return {
    version: armed.version,
    touches: (verb) => byVerb.has(verb),
    needsPath: (verb) => byVerb.get(verb)?.needsPath ?? false,
    reaching: ({ verb, path, otherPath }) => byVerb.get(verb)?.of(path, otherPath) ?? none,
    reaches: (verb, volume, path) =>
      byVerb
        .get(verb)
        ?.of(path)
        .some((fault) => isOn(fault, volume)) ?? false,
  };
}

export const isOn = (fault: CompiledFault, volume: string): boolean =>
  fault.volume === undefined || fault.volume === volume;

function compileFault({ fault, slot, seed, endsMs }: ArmedFault): readonly CompiledFault[] {
  if (fault.plane !== 'disk') return [];
  const { effect, match, trigger } = fault;
  const verbs = new Set(verbsOf(effect, match));
  return [{ slot, seed, endsMs, effect, trigger, volume: match.volume, verbs, paths: matcherOf(fault) }];
}

const matcherOf = ({ match }: DiskFault): PathMatcher | null =>
  match.in === undefined || match.in === '**' ? null : compileGlob(match.in);

/** Only verbs that some fault reaches; those that the same faults reach share one memory of paths. */
function reachByVerb(faults: readonly CompiledFault[]): ReadonlyMap<DiskVerb, Reach> {
  const shared = new Map<string, Reach>();
  const byVerb = new Map<DiskVerb, Reach>();
  for (const verb of diskVerbs) {
    const reaching = faults.filter((fault) => fault.verbs.has(verb));
    const key = reaching.map(({ slot }) => slot).join();
    const reach = shared.get(key) ?? new Reach(reaching);
    shared.set(key, reach);
    if (reaching.length > 0) byVerb.set(verb, reach);
  }
  return byVerb;
}

const none: readonly CompiledFault[] = [];

/** Some faults, and which of them match a path. */
class Reach {
  readonly needsPath: boolean;
  readonly #memo = new Map<string, readonly CompiledFault[]>();

  constructor(readonly faults: readonly CompiledFault[]) {
    this.needsPath = faults.some((fault) => fault.paths !== null);
  }

  /** A fault that matches either path matches. */
  of(path: string, otherPath?: string): readonly CompiledFault[] {
    if (!this.needsPath) return this.faults;
    const reaching = this.#remembered(path);
    if (otherPath === undefined) return reaching;
    const others = this.#remembered(otherPath);
    return this.faults.filter((fault) => reaching.includes(fault) || others.includes(fault));
  }

  #remembered(path: string): readonly CompiledFault[] {
    const known = this.#memo.get(path);
    if (known !== undefined) return known;
    const reaching = this.faults.filter(({ paths }) => paths === null || paths.matches(path));
    if (this.#memo.size >= limits.memoPaths) this.#memo.clear();
    this.#memo.set(path, reaching.length === 0 ? none : reaching);
    return reaching;
  }
}
