/** A probe: what is measured, how often, when it holds, and how much of the opposite each phase tolerates. */
import * as z from 'zod';
import { type Condition, readCondition } from './condition.js';
import { onlyOneOf } from './only-one-of.js';
import { type ProbeKind, probeKindNames, probeKinds, type Subjects } from './probe-kinds.js';
import { durationOf, name } from './texts.js';

/** Which kind, and what it is given. */
export interface SubjectOf<K extends ProbeKind> {
  readonly kind: K;
  readonly given: Subjects[K];
}

export type Subject = { readonly [K in ProbeKind]: SubjectOf<K> }[ProbeKind];

/** What is measured once. */
export interface Question {
  readonly subject: Subject;
  readonly condition: Condition;
  readonly timeoutMs: number;
  /** What holds, in words. */
  readonly says: string;
}

/** Of one phase. */
export interface Tolerance {
  /** So many failed measurements are tolerated in all. */
  readonly failures: number;
  /** So many one after another. */
  readonly consecutive: number;
}

export interface Probe extends Question {
  readonly name: string;
  readonly intervalMs: number;
  /** Is the run broken off at once where more fails than is tolerated, or nothing can be measured? */
  readonly abort: boolean;
  /** So many must succeed one after another before the first fault. */
  readonly beforeConsecutive: number;
  readonly during: Tolerance;
  /** It must hold for so long after the last fault, without a failure. */
  readonly stableForMs: number;
}

const count = z.int().min(0).max(1_000_000);
const second = 1000;

const subjects = Object.fromEntries(
  probeKindNames.map((kind) => [kind, probeKinds[kind].schema.optional()]),
) as { readonly [K in ProbeKind]: z.ZodOptional<z.ZodType<Subjects[K]>> };

const questionFields = {
  ...subjects,
  condition: z
    .string()
    .min(1)
    .optional()
    .describe('a condition in CEL, such as status == 200 && latency < 50'),
  timeout: durationOf({ min: 1, max: 600 * second }).optional(),
};

type QuestionFields = z.output<z.ZodObject<typeof questionFields>>;

/** As a step has it: once. */
export const questionSchema = z
  .strictObject(questionFields)
  .superRefine(onlyOneOf(probeKindNames, 'what it measures'))
  .transform((fields, context): Question => questionOf(fields, context));

export const probeSchema = z
  .strictObject({
    name,
    ...questionFields,
    interval: durationOf({ min: 10, max: 600 * second }).default(second),
    abort: z.boolean().default(false),
    tolerance: z
      .strictObject({
        before: z.strictObject({ consecutive: count.min(1).default(3) }).optional(),
        during: z
          .strictObject({ failures: count.exactOptional(), consecutive: count.exactOptional() })
          .optional(),
        after: z.strictObject({ stableFor: durationOf() }).optional(),
      })
      .default({}),
  })
  .superRefine(onlyOneOf(probeKindNames, 'what it measures'))
  .transform((fields, context): Probe => {
    const { before, during, after } = fields.tolerance;
    return {
      ...questionOf(fields, context),
      name: fields.name,
      intervalMs: fields.interval,
      abort: fields.abort,
      beforeConsecutive: before?.consecutive ?? 3,
      during: toleranceOf(during),
      stableForMs: after?.stableFor ?? 3 * second,
    };
  });

/** Where only one of the two is written the other is no bound; where none is, nothing is tolerated. */
function toleranceOf(written: Partial<Tolerance> = {}): Tolerance {
  const rest = Object.keys(written).length === 0 ? 0 : Number.POSITIVE_INFINITY;
  return { failures: rest, consecutive: rest, ...written };
}

function questionOf(fields: QuestionFields, context: z.RefinementCtx): Question {
  const subject = subjectOf(fields);
  const { variables, usual } = probeKinds[subject.kind];
  const reading = readCondition(fields.condition ?? usual, variables);
  if (reading.kind === 'flaw') {
    context.addIssue({ code: 'custom', path: ['condition'], message: reading.message });
    return z.NEVER;
  }
  const condition = reading.value;
  return {
    subject,
    condition,
    timeoutMs: fields.timeout ?? 5 * second,
    says: fields.condition === undefined ? saysOf(subject) : `${subject.kind}: ${condition.text}`,
  };
}

/** Exactly one is there: that was looked at before. */
function subjectOf(fields: QuestionFields): Subject {
  for (const kind of probeKindNames) {
    const given = fields[kind];
    if (given !== undefined) return { kind, given } as Subject;
  }
  throw new Error('a probe without a subject');
}

const saysOf = <K extends ProbeKind>(subject: SubjectOf<K>): string =>
  probeKinds[subject.kind].says(subject.given);
