/** A probe: what is measured, how often, when it holds, and how much of the opposite each phase tolerates. */
import * as z from 'zod';
import { type Condition, readCondition } from './condition.js';
import { exactlyOne } from './field-rules.js';
import { type ProbeKind, probeKindNames, probeKinds, type Subjects } from './probe-kinds.js';
import { durationOf, name } from './texts.js';
import { type Tolerances, toleranceSchema } from './tolerance.js';

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

export interface Probe extends Question {
  readonly name: string;
  readonly intervalMs: number;
  /** Is the run broken off at once where more fails than is tolerated, or nothing can be measured? */
  readonly abort: boolean;
  readonly tolerances: Tolerances;
}

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
  .check(exactlyOne(probeKindNames, 'what it measures'))
  .transform((fields, context): Question => questionOf(fields, context));

export const probeSchema = z
  .strictObject({
    name,
    ...questionFields,
    interval: durationOf({ min: 10, max: 600 * second }).prefault('1s'),
    abort: z.boolean().default(false),
    tolerance: toleranceSchema.prefault({}),
  })
  .check(exactlyOne(probeKindNames, 'what it measures'))
  .transform(
    (fields, context): Probe => ({
      ...questionOf(fields, context),
      name: fields.name,
      intervalMs: fields.interval,
      abort: fields.abort,
      tolerances: fields.tolerance,
    }),
  );

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
