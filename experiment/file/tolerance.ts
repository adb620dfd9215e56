/**
 * What a probe tolerates, phase by phase.
 *
 *     before   it has to succeed, and go on to, or nothing is started
 *     during   so many failures are tolerated
 *     after    it has to succeed again, and go on to, or all is not well again
 *
 * Before and after, failures count from its first success of the phase on: those ahead of it are a program that starts,
 * or that recovers, and have bounds of their own (`settle`, `recoveryObjective`).
 */
import * as z from 'zod';
import { durationOf } from './texts.js';

export interface Tolerance {
  /** So many failed measurements are tolerated in all; null: any number. */
  readonly failures: number | null;
  /** So many one after another; null: any number. */
  readonly consecutive: number | null;
}

/** Of a phase that goes on until the probe holds. */
export interface SettlingTolerance extends Tolerance {
  /** It holds after so many successes one after another, */
  readonly successes: number;
  /** and when they have gone on for so long. */
  readonly stableForMs: number;
}

export interface Tolerances {
  readonly before: SettlingTolerance;
  readonly during: Tolerance;
  readonly after: SettlingTolerance;
}

export type ToleratedPhase = keyof Tolerances;

const count = z.int().min(0).max(1_000_000);

const bounds = {
  failures: count.exactOptional().describe('so many failed measurements in all'),
  consecutive: count.exactOptional().describe('so many failed measurements one after another'),
};

const settling = z.strictObject({
  ...bounds,
  successes: count
    .min(1)
    .exactOptional()
    .describe('a whole number of successes one after another, at least 1'),
  stableFor: durationOf().optional(),
});

/** Not one of a phase that ends with its steps. */
const ofOthers = (word: string) =>
  z
    .never()
    .optional()
    .describe(
      `${word} in before or after alone: while faults are on, failures and consecutive say what is tolerated`,
    );

export const toleranceSchema = z
  .strictObject({
    before: settling.default({}),
    during: z
      .strictObject({ ...bounds, successes: ofOthers('successes'), stableFor: ofOthers('stableFor') })
      .default({}),
    after: settling.default({}),
  })
  .transform(
    ({ before, during, after }): Tolerances => ({
      before: settlingOf(before, { successes: 3, stableForMs: 0 }),
      during: boundsOf(isBare(during) ? { failures: 0 } : during),
      after: settlingOf(after, { successes: 1, stableForMs: 3000 }),
    }),
  );

/** Where neither is written no failure is tolerated; where one is, the other is no bound. */
const isBare = ({ failures, consecutive }: Written): boolean =>
  failures === undefined && consecutive === undefined;

type Written = Partial<Record<keyof Tolerance, number | undefined>>;

const boundsOf = ({ failures, consecutive }: Written): Tolerance => ({
  failures: failures ?? null,
  consecutive: consecutive ?? null,
});

function settlingOf(
  written: z.output<typeof settling>,
  usual: Pick<SettlingTolerance, 'successes' | 'stableForMs'>,
): SettlingTolerance {
  const { successes = usual.successes, stableFor = usual.stableForMs } = written;
  return { ...boundsOf(written), successes, stableForMs: stableFor };
}

const anyFailures: Tolerance = { failures: null, consecutive: null };
const atOnce: SettlingTolerance = { ...anyFailures, successes: 1, stableForMs: 0 };

/** Of what is asked, and tolerates anything: it holds with its first success. */
export const anything: Tolerances = { before: atOnce, during: anyFailures, after: atOnce };
