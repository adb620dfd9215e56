/** Steps as they are written: each with one verb. What they come to, one after another, is in `plan.ts`. */
import * as z from 'zod';
import { type Condition, readCondition, type Variables } from './condition.js';
import { onlyOneOf } from './only-one-of.js';
import { type Question, questionSchema } from './probe.js';
import { durationOf, name, type Sentence, sentence } from './texts.js';

/** What a condition of `wait` may ask of the run. */
export const runVariables: Variables = { probes: 'map', faults: 'map', command: 'map', elapsed: 'double' };

const signals = ['KILL', 'TERM', 'STOP', 'CONT', 'QUIT', 'INT', 'HUP'] as const;
export const killable = ['command', 'fault-proxy'] as const;

const until = z
  .string()
  .transform((text, context): Condition => {
    const reading = readCondition(text, runVariables);
    if (reading.kind === 'condition') return reading.condition;
    context.issues.push({ code: 'custom', message: reading.message, input: text });
    return z.NEVER;
  })
  .describe('a condition in CEL, such as faults.slow.injected > 10');

const kill = z.strictObject({
  process: z.enum(killable),
  signal: z.enum(signals).default('KILL'),
});

const wait = z
  .strictObject({ for: durationOf().optional(), until: until.optional() })
  .superRefine(onlyOneOf(['for', 'until'], 'how long'));

/** Put into the sentence of a ramp, one value after another. */
export const rampPlace = '{value}';

const ramp = z
  .strictObject({
    fault: z
      .string()
      .includes(rampPlace)
      .describe(`a fault with ${rampPlace} in it, such as disk latency ${rampPlace} for 10s`),
    values: z
      .array(z.union([z.string(), z.number()]))
      .min(1)
      .max(100),
  })
  .transform(({ fault, values }, context): RampStep[] => {
    const made = values.map((value) => ({
      value: String(value),
      ...sentence.safeParse(fault.replaceAll(rampPlace, String(value))),
    }));
    return made.flatMap(({ value, data, error }, index) => {
      if (data !== undefined) return [{ value, sentence: data }];
      for (const { message } of error?.issues ?? [])
        context.addIssue({ code: 'custom', path: ['values', index], message });
      return [];
    });
  });

export interface RampStep {
  readonly value: string;
  readonly sentence: Sentence;
}

export interface Step {
  readonly name?: string | undefined;
  readonly after?: readonly string[] | undefined;
  readonly timeLimit?: number | undefined;
  readonly fault?: Sentence | undefined;
  readonly kill?: z.output<typeof kill> | undefined;
  readonly wait?: { readonly for?: number | undefined; readonly until?: Condition | undefined } | undefined;
  readonly probe?: Question | undefined;
  readonly ramp?: readonly RampStep[] | undefined;
  readonly parallel?: readonly Step[] | undefined;
  readonly repeat?: { readonly times: number; readonly steps: readonly Step[] } | undefined;
}

const common = {
  name: name.optional(),
  after: z.array(name).max(64).optional().describe('a list of names of steps'),
  timeLimit: durationOf().optional(),
};

const verbs = {
  fault: sentence.optional(),
  kill: kill.optional(),
  wait: wait.optional(),
  probe: questionSchema.optional(),
  ramp: ramp.optional(),
};

/** How deep `parallel` and `repeat` may stand in one another. A schema of Kubernetes cannot name itself. */
const deepest = 3;
export const mostSteps = 64;

/** Where groups stand in one another too deeply the field is unknown, and the reader says so. */
function stepAt(depth: number): z.ZodType<Step> {
  const groups = depth === deepest ? {} : groupsAt(depth + 1);
  const fields = { ...common, ...verbs, ...groups };
  const names = Object.keys(fields).filter((field) => !(field in common));
  return z.strictObject(fields).superRefine(onlyOneOf(names, 'what it does'));
}

function groupsAt(depth: number) {
  const steps = z.array(stepAt(depth)).min(1).max(mostSteps);
  return {
    parallel: steps.optional(),
    repeat: z.strictObject({ times: z.int().min(1).max(1000), steps }).optional(),
  };
}

export const stepsSchema = z.array(stepAt(0)).min(1).max(mostSteps);
