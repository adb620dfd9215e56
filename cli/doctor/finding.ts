/** What a check found: the facts, what follows from them, and what to do. Data: who shows it decides how. */

/** Worst first: the order in which people want to read them. */
export const verdicts = ['broken', 'warning', 'unknown', 'ok'] as const;
export type FindingState = (typeof verdicts)[number];

export interface Judgement {
  readonly verdict: FindingState;
  /** What it is about: a mountpoint, a pod, a node; '' where the check has one subject alone. */
  readonly subject: string;
  /** One sentence without a full stop; of `unknown`: why it could not be looked at. */
  readonly found: string;
  /** What that means for whoever has it; '' where the facts say it. */
  readonly follows: string;
  /** Commands, and sentences where no command does it; none of them is run. */
  readonly mend: readonly string[];
}

export interface Finding extends Judgement {
  /** The check's name. */
  readonly check: string;
}

interface Trouble {
  readonly subject?: string;
  readonly found: string;
  readonly follows?: string;
  readonly mend?: readonly string[];
}

export const ok = (found: string, subject = ''): Judgement => judgement('ok', { found, subject });
export const warning = (trouble: Trouble): Judgement => judgement('warning', trouble);
export const broken = (trouble: Trouble): Judgement => judgement('broken', trouble);
export const unknown = (trouble: Trouble): Judgement => judgement('unknown', trouble);

function judgement(
  verdict: FindingState,
  { subject = '', found, follows = '', mend = [] }: Trouble,
): Judgement {
  return { verdict, subject, found, follows, mend };
}

export const worstOf = (findings: readonly Pick<Judgement, 'verdict'>[]): FindingState =>
  verdicts.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'ok';

/** What is wrong, or, where nothing is, the one sentence that says so. */
export const orOk = (troubles: readonly Judgement[], found: string): readonly Judgement[] =>
  troubles.length > 0 ? troubles : [ok(found)];

/** `1 pod`, `3 pods`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
