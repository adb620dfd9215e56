/**
 * A step that is a fault, on this machine or on each pod of its target: asked for in the journal, armed until an absolute
 * end, seen armed, and seen off again, with what it hit.
 *
 *     step ─┬─ asked on pod a ─► armed ─► off, counted ─┬─► ended
 *           └─ asked on pod b ─► armed ─► gone with it ─┘
 *
 * Where the target follows a role, what is gone with its pod is no end: until its time another may have the role.
 */
import { format } from '../../faults/format.js';
import { hitUnitOf } from '../../faults/hit-unit.js';
import type { FaultAction } from '../file/planned-steps.js';
import type { Place } from '../journal/events.js';
import { limits } from './limits.js';
import {
  type Decision,
  type Moment,
  make,
  nothing,
  type ObservedFault,
  record,
  together,
  wakeAt,
} from './moves.js';
import type { FaultRun, Run, StepRun } from './run.js';
import { done, failed } from './step-end.js';

/** What a fault is called in the journal: `slow`, and in a cluster `slow@pg-0`. */
export const faultAt = (fault: string, place: Place | null): string =>
  place === null ? fault : `${fault}@${place.pod}`;

export function ofFault(id: string, action: FaultAction, state: StepRun, moment: Moment): Decision {
  const { run, nowMs } = moment;
  const endsAtMs = state.beganAtMs + action.forMs;
  const places = placesOf(action, run);
  const own = [...run.faults].filter(([, { step }]) => step === id);
  const fresh = places.filter((place) => !own.some(([, known]) => isAt(known, place)));
  if (fresh.length > 0 && nowMs < endsAtMs)
    return record(
      ...fresh.map((place) => ({
        type: 'fault-asked' as const,
        ...{ step: id, fault: faultAt(action.fault, place), endsAtMs },
        sentence: endingAt(action, Math.round(run.startedAtMs + endsAtMs)),
        ...(place !== null && { place }),
      })),
    );
  if (own.length === 0) return failed(id, 'its target has no pod any more');
  const lives = own.map(([fault, known]) =>
    lifeOf(fault, known, { moment, endsAtMs, isWanted: places.some((place) => isAt(known, place)) }),
  );
  const decisions = lives.map(({ decision }) => decision);
  const broken = lives.find(({ end }) => end !== null && end !== 'off');
  if (broken?.end) return together([...decisions, failed(id, broken.end)]);
  if (!lives.every(({ end }) => end === 'off')) return together(decisions);
  // Who follows a role is waited for: in a failover nobody has it for a while.
  if (nowMs < endsAtMs && followsRole(action, moment))
    return together([...decisions, wakeAt(Math.min(endsAtMs, nowMs + limits.lookMs))]);
  return together([...decisions, done(id, hits(action, moment, own))]);
}

const followsRole = ({ on, onNodes }: FaultAction, { follows, run: { targets } }: Moment): boolean =>
  targets !== null && !onNodes && follows.has(on ?? onlyTarget(targets));

/** On this machine there is one, without a name. */
export function placesOf(
  { on, onNodes }: FaultAction,
  { targets }: Pick<Run, 'targets'>,
): readonly (Place | null)[] {
  if (targets === null) return [null];
  return targets.get(onNodes ? nodesOf(on) : (on ?? onlyTarget(targets))) ?? [];
}

/** Every injected pod of the nodes that carry a target is a target, too. No target of a file has such a name. */
export const nodesOf = (target: string | null): string => `${target ?? ''} nodes`.trim();

const onlyTarget = (targets: ReadonlyMap<string, unknown>): string => [...targets.keys()][0] ?? '';

const isAt = ({ place }: FaultRun, at: Place | null): boolean => (place?.uid ?? null) === (at?.uid ?? null);

const endingAt = ({ sentence }: FaultAction, epochMs: number): string =>
  format({ ...sentence.fault, deadline: { kind: 'until', epochMs } });

interface Life {
  readonly decision: Decision;
  /** `off`, or why it has failed; null: it goes on. */
  readonly end: string | null;
}

const goesOn = (decision: Decision): Life => ({ decision, end: null });

interface LifeOptions {
  readonly moment: Moment;
  readonly endsAtMs: number;
  /** Is its pod of the target still? A role moves. */
  readonly isWanted: boolean;
}

function lifeOf(fault: string, asked: FaultRun, { moment, endsAtMs, isWanted }: LifeOptions): Life {
  const { observed, nowMs } = moment;
  const seen = observed.faults?.get(fault);
  if (seen?.isArmed && nowMs < endsAtMs) {
    const noted = asked.isArmed ? nothing : record({ type: 'fault-armed', fault });
    const off = isWanted || observed.underway.has(`disarm ${fault}`) ? nothing : disarm(fault, asked);
    // What it hit so far is written down: the sidecar counts anew.
    const anew =
      seen.isOutdated && isWanted
        ? together([counted(fault, asked, seen), arm(fault, asked, moment)])
        : nothing;
    return goesOn(together([noted, off, anew, wakeAt(Math.min(endsAtMs, nowMs + limits.lookMs))]));
  }
  if (seen && !seen.isArmed && (asked.isArmed || nowMs >= endsAtMs || seen.isGone || !isWanted))
    return offAgain(fault, asked, {
      seen,
      isEarly: nowMs < endsAtMs - limits.earlyMs && !seen.isGone && isWanted,
    });
  if (nowMs < endsAtMs) {
    const again = isWanted ? arm(fault, asked, moment) : nothing;
    return goesOn(together([again, wakeAt(nowMs + limits.lookMs)]));
  }
  if (nowMs < endsAtMs + limits.overdueMs) return goesOn(wakeAt(nowMs + limits.lookMs));
  if (!seen && (observed.faults === null || seen === null))
    return { decision: nothing, end: `${at(asked)}nobody could say whether it is off` };
  return {
    decision: nothing,
    end: `${at(asked)}${seen ? 'it was still armed after its end' : 'nobody knows of it'}`,
  };
}

function offAgain(
  fault: string,
  asked: FaultRun,
  { seen, isEarly }: { readonly seen: ObservedFault; readonly isEarly: boolean },
): Life {
  // On a busy machine a short one is over before anybody looks; what it hit shows that it was on.
  const wasOn = asked.isArmed || seen.injected > 0 || seen.unverified !== undefined;
  const decision = together([
    wasOn && !asked.isArmed ? record({ type: 'fault-armed', fault }) : nothing,
    seen.unverified === undefined ? counted(fault, asked, seen) : unverified(fault, asked, seen.unverified),
  ]);
  if (isEarly) return { decision, end: `${at(asked)}it was switched off before its end: ${seen.reason}` };
  return {
    decision,
    end: wasOn || seen.isGone ? 'off' : `${at(asked)}it was never seen armed: ${seen.reason}`,
  };
}

const counted = (fault: string, known: FaultRun, { matched, injected }: ObservedFault): Decision =>
  matched <= known.matched && injected <= known.injected
    ? nothing
    : record({ type: 'fault-counted', fault, matched, injected });

const unverified = (fault: string, known: FaultRun, message: string): Decision =>
  known.unverified === message ? nothing : record({ type: 'fault-unverified', fault, message });

function arm(fault: string, { sentence, place }: FaultRun, { observed }: Moment): Decision {
  const key = `arm ${fault}`;
  return observed.underway.has(key) ? nothing : make({ kind: 'arm', key, fault, sentence, place });
}

export const disarm = (fault: string, { place }: FaultRun): Decision =>
  make({ kind: 'disarm', key: `disarm ${fault}`, fault, place });

const at = ({ place }: FaultRun): string => (place === null ? '' : `${place.pod}: `);

/** Of all pods together. */
function hits(
  { sentence }: FaultAction,
  { observed }: Moment,
  own: readonly (readonly [string, FaultRun])[],
): string {
  const sum = (count: 'matched' | 'injected'): number =>
    own.reduce(
      (all, [fault, known]) => all + Math.max(known[count], observed.faults?.get(fault)?.[count] ?? 0),
      0,
    );
  const pods = own.length > 1 ? ` on ${own.length} pods` : '';
  return `hit ${sum('injected')} of ${sum('matched')} ${hitUnitOf(sentence.fault)}s${pods}`;
}
