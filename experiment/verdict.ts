/** What a run says of the system under fault, and, beside it, of its data. */
import { assertNever } from '../core/assert-never.js';

/** From good to bad. Only the first is a pass: what could not be measured, or was broken off, never is. */
export const verdicts = ['Passed', 'Inconclusive', 'Aborted', 'Error', 'Failed'] as const;

export type Verdict = (typeof verdicts)[number];

/** Unknown: nobody kept a ledger, or it could not be read back. */
export const dataVerdicts = ['Intact', 'Unknown', 'Corrupt', 'Lost'] as const;

export type DataVerdict = (typeof dataVerdicts)[number];

/** Whether registers that many clients use at once behave as one copy each. */
export const registerWords = {
  Ok: 'linearizable',
  Illegal: 'not linearizable',
  Unknown: 'not checked in time',
} as const;

export interface Judgement {
  readonly verdict: Verdict;
  readonly data: DataVerdict;
  /** Did the hypothesis fail at any moment since the first fault, tolerated or not? */
  readonly deviated: boolean;
  /** One word for programs, in PascalCase as conditions of Kubernetes have it: `HypothesisFailed`. */
  readonly reason: string;
  /** For people: which probe or step, when, and what was seen. */
  readonly message: string;
}

/** Of `havock8s run`, and of whatever else ends with a verdict. 2 is a bad file, as everywhere. */
export function verdictExitCode(verdict: Verdict): number {
  switch (verdict) {
    case 'Passed':
      return 0;
    case 'Failed':
      return 1;
    case 'Inconclusive':
      return 3;
    case 'Aborted':
      return 4;
    case 'Error':
      return 5;
    default:
      return assertNever(verdict);
  }
}
