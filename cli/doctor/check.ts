/** Checks, each bounded and none in another's way: what cannot be looked at is said, and the rest goes on. */
import { systemClock } from '../../core/clock.js';
import { inTime } from '../../core/sleep.js';
import { doctorLimits } from './doctor-limits.js';
import { count, type Finding, type Judgement, unknown, verdicts } from './finding.js';

export interface Check {
  /** Stable: programs switch on it. */
  readonly name: string;
  look(): Promise<readonly Judgement[]> | readonly Judgement[];
}

/** All at once; the findings are in the order of the checks. Rejects only for a mistake of ours. */
export async function runChecks(checks: readonly Check[]): Promise<readonly Finding[]> {
  const looked = await Promise.all(checks.map(runCheck));
  return looked.flat();
}

async function runCheck(check: Check): Promise<readonly Finding[]> {
  const judgements = await bounded(check);
  return short(judgements).map((one) => ({ ...one, check: check.name }));
}

async function bounded({ look }: Check): Promise<readonly Judgement[]> {
  const ms = doctorLimits.checkMs;
  const late = () => [unknown({ found: `no answer within ${ms / 1000} s` })];
  try {
    return await inTime<readonly Judgement[]>(Promise.resolve().then(look), { ms, clock: systemClock, late });
  } catch (error) {
    return [unknown({ found: reasonOf(error) })];
  }
}

/** What the system or a HavocError says; anything else is a mistake of ours, and its stack is wanted. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return error.message;
  throw error;
}

/** A cluster in which everything is wrong in the same way is told of in few words; the worst stay. */
function short(judgements: readonly Judgement[]): readonly Judgement[] {
  const { findings } = doctorLimits;
  if (judgements.length <= findings) return judgements;
  const sorted = verdicts.flatMap((verdict) => judgements.filter((one) => one.verdict === verdict));
  const rest = sorted.slice(findings);
  const worst = rest[0]?.verdict ?? 'ok';
  const more = unknown({ found: `${count(rest.length, 'more finding')} like these, at worst ${worst}` });
  return [...sorted.slice(0, findings), { ...more, verdict: worst }];
}
