/** Steps as they are written: each with one verb. What they come to, one after another, is in `plan.ts`. */
import * as z from 'zod';
import { type Condition, readCondition, type Variables } from './condition.js';
import { exactlyOne } from './field-rules.js';
import { type Question, questionSchema } from './probe.js';
import { durationOf, meaning, name, type Sentence, sentence } from './texts.js';

/** What a condition of `wait` may ask of the run; of those that are maps, see `askable`. */
export const runVariables: Variables = { probes: 'map', faults: 'map', command: 'map', elapsed: 'double' };

/** The last names that such a condition may write. Probes and faults are asked by their own name before. */
export const askable = {
  probes: ['successful', 'latency'],
  faults: ['armed', 'matched', 'injected'],
  command: ['running'],
} as const;

const signals = ['KILL', 'TERM', 'STOP', 'CONT', 'QUIT', 'INT', 'HUP'] as const;
export const killable = ['command', 'fault-proxy'] as const;

const until = meaning('a condition in CEL, such as faults.slow.injected > 10', (text) =>
  readCondition(text, runVariables),
);

const kill = z.strictObject({
  process: z.enum(killable),
  signal: z.enum(signals).default('KILL'),
});

/** Beyond this a node would be a case for its owner. */
const longestNodeMs = 900_000;

/** What is done to the pods of a target, or to what they belong to. Only a cluster has them. */
const podDelete = z.strictObject({ gracePeriod: durationOf({ min: 0, max: 3_600_000 }).optional() });
const restart = z.strictObject({ container: z.string().min(1).max(63).optional() });
const scale = z.strictObject({ replicas: z.int().min(0).max(1000), for: durationOf() });

const nodeActions = ['cordon', 'drain', 'taint', 'isolate', 'cut'] as const;
export const outcomesOfNodeLoss = ['moves', 'waits', 'stays'] as const;

const node = z
  .strictObject({
    action: z.enum(nodeActions),
    for: durationOf({ min: 1000, max: longestNodeMs }),
    expect: z.enum(outcomesOfNodeLoss).optional(),
    freeze: z.boolean().default(false),
  })
  .superRefine(({ action, freeze }, context) => {
    if (freeze && action !== 'cut')
      context.addIssue({
        code: 'custom',
        path: ['freeze'],
        message: 'is of action cut: the disks of the pods of the node freeze with their network',
      });
  });

const wait = z
  .strictObject({ for: durationOf().optional(), until: until.optional() })
  .check(exactlyOne(['for', 'until'], 'how long'));

/** Put into the sentence of a ramp, one value after another. */
const rampPlace = '{value}';

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
  .transform(({ fault, values }, context): Sentence[] =>
    values.flatMap((value, index) => {
      const { data, error } = sentence.safeParse(fault.replaceAll(rampPlace, String(value)));
      for (const { message } of error?.issues ?? [])
        context.addIssue({ code: 'custom', path: ['values', index], message });
      return data ?? [];
    }),
  );

export interface Step {
  /** Of a cluster; without it the only one. Never `on`: to the YAML of Kubernetes that is a word for true. */
  readonly target?: string | undefined;
  readonly name?: string | undefined;
  readonly after?: readonly string[] | undefined;
  readonly timeLimit?: number | undefined;
  readonly fault?: Sentence | undefined;
  readonly kill?: z.output<typeof kill> | undefined;
  readonly delete?: z.output<typeof podDelete> | undefined;
  readonly restart?: z.output<typeof restart> | undefined;
  readonly scale?: z.output<typeof scale> | undefined;
  readonly node?: z.output<typeof node> | undefined;
  readonly wait?: { readonly for?: number | undefined; readonly until?: Condition | undefined } | undefined;
  readonly probe?: Question | undefined;
  readonly ramp?: readonly Sentence[] | undefined;
  readonly parallel?: readonly Step[] | undefined;
  readonly repeat?: { readonly times: number; readonly steps: readonly Step[] } | undefined;
}

/** Those of what a cluster has, and no single machine. */
export const clusterVerbs = ['delete', 'restart', 'scale', 'node'] as const;

/** Those that are done to pods, and so may say to which. */
export const verbsOnTargets = ['fault', 'ramp', ...clusterVerbs] as const;

const verbNames = ['fault', 'kill', 'wait', 'probe', 'ramp', ...clusterVerbs, 'parallel', 'repeat'] as const;

/** Its own, or one after what it does: `fault-2` is the second of its list, and a fault. */
export const nameOf = (step: Step, index: number): string =>
  step.name ?? `${verbNames.find((verb) => step[verb] !== undefined)}-${index + 1}`;

const common = {
  name: name.optional(),
  target: name.optional().describe('the name of a target'),
  after: z.array(name).max(64).optional().describe('a list of names of steps'),
  timeLimit: durationOf().optional(),
};

const verbs = {
  fault: sentence.optional(),
  kill: kill.optional(),
  delete: podDelete.optional(),
  restart: restart.optional(),
  scale: scale.optional(),
  node: node.optional(),
  wait: wait.optional(),
  probe: questionSchema.optional(),
  ramp: ramp.optional(),
};

/** How deep `parallel` and `repeat` may stand in one another. A schema of Kubernetes cannot name itself. */
const deepest = 3;
const mostSteps = 64;

/** Where groups stand in one another too deeply the field is unknown, and the reader says so. */
function stepAt(depth: number): z.ZodType<Step> {
  const groups = depth === deepest ? {} : groupsAt(depth + 1);
  const fields = { ...common, ...verbs, ...groups };
  const names = Object.keys(fields).filter((field) => !(field in common));
  return z.strictObject(fields).check(exactlyOne(names, 'what it does'));
}

function groupsAt(depth: number) {
  const steps = z.array(stepAt(depth)).min(1).max(mostSteps);
  return {
    parallel: steps.optional(),
    repeat: z.strictObject({ times: z.int().min(1).max(1000), steps }).optional(),
  };
}

export const stepsSchema = z.array(stepAt(0)).min(1).max(mostSteps);
