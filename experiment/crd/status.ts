/**
 * The status of a run in a cluster: written by its controller, read by people, by `kubectl wait` and by the command line.
 * It is a summary of bounded size; all that happened is in the journal.
 */
import * as z from 'zod';
import { dataVerdicts, verdicts } from '../verdict.js';

/** Of the whole, in bytes of JSON. */
export const mostStatusBytes = 64 * 1024;

/** How many of each a status lists. Of the rest it has the number, and the journal has all. */
export const statusLimits = { conditions: 8, faults: 48, targets: 16, podsOfTarget: 6 } as const;

export const conditionTypes = ['Accepted', 'Started', 'CleanedUp', 'Finished'] as const;
export type ConditionType = (typeof conditionTypes)[number];

export const runPhases = ['Pending', 'Before', 'During', 'After', 'Finally', 'Over'] as const;
export type RunPhase = (typeof runPhases)[number];

export const faultStates = ['Asked', 'Armed', 'Off', 'Unverified'] as const;
export type FaultState = (typeof faultStates)[number];

const shortText = z.string().max(512);
export const objectName = z.string().max(253);
export const time = z.iso.datetime();
export const count = z.int().min(0);

/** `types`: what each of them means. */
export const conditionSchema = (types: string, mostMessage: number) =>
  z.object({
    type: z.string().max(64).describe(types),
    status: z.enum(['True', 'False', 'Unknown']).describe('Whether it is so.'),
    observedGeneration: count.optional().describe('The generation of the spec that this was said of.'),
    lastTransitionTime: time.describe('When `status` last changed.'),
    reason: z
      .string()
      .regex(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
      .max(128)
      .describe('One word for programs.'),
    message: z.string().max(mostMessage).describe('For people.'),
  });

const condition = conditionSchema(
  'Accepted: the spec is sound and safety has nothing against it. Started: the first fault may come. CleanedUp: all that was armed or changed is off and put back. Finished: there is a verdict, which `reason` repeats.',
  512,
);

const fault = z.object({
  name: z.string().max(128).describe('The step, and below that which one: `slow`, `twice.2.slow`.'),
  pod: objectName.describe('The pod that it is on.'),
  state: z
    .enum(faultStates)
    .describe(
      'Asked: the pod is annotated. Armed: its sidecar says that it is on. Off: its sidecar says that it is off. Unverified: nobody could say, and it ended at `until`.',
    ),
  hits: count.optional().describe('Operations that it hit. Missing where nobody could say.'),
  until: time.describe('When it ends by itself, whatever becomes of anything else.'),
});

const target = z.object({
  name: z.string().max(40).describe('As the spec has it.'),
  count: count.describe('How many pods were chosen.'),
  pods: z.array(objectName).max(statusLimits.podsOfTarget).describe('The first of them.'),
});

export const statusSchema = z
  .object({
    observedGeneration: count.optional().describe('The generation of the spec that this status is about.'),
    phase: z
      .enum(runPhases)
      .optional()
      .describe(
        'Where the run is: Pending until it is accepted, Before the first fault, During the steps, After the last fault until all is well again, Finally while everything is put back, Over.',
      ),
    step: z.string().max(128).optional().describe('The steps that are being carried out.'),
    verdict: z
      .enum(verdicts)
      .optional()
      .describe('What the run came to. Missing until it is over. Only Passed is a pass.'),
    data: z
      .enum(dataVerdicts)
      .optional()
      .describe(
        'What the ledger says of the data: Unknown where none was kept, or it could not be read back.',
      ),
    reason: z
      .string()
      .max(128)
      .optional()
      .describe('Why, in one word for programs, such as HypothesisFailed.'),
    message: shortText.optional().describe('Why, for people: which probe or step, when, and what was seen.'),
    startedAt: time.optional().describe('When it began.'),
    endedAt: time.optional().describe('When the verdict was given.'),
    targets: z
      .array(target)
      .max(statusLimits.targets)
      .optional()
      .describe('Which pods the targets of the spec were, when they were looked up.'),
    faults: z
      .array(fault)
      .max(statusLimits.faults)
      .optional()
      .describe('The faults of the run, those that are on first.'),
    faultsLeft: count
      .optional()
      .describe('How many faults are neither known to be off nor over: 0 when nothing is left behind.'),
    journal: z
      .object({ configMap: objectName.describe('Its name, in the namespace of the run.') })
      .optional()
      .describe('Where all that happened is written down.'),
    conditions: z
      .array(condition)
      .max(statusLimits.conditions)
      .optional()
      .describe('For `kubectl wait --for=condition=Finished`.'),
  })
  .describe('What became of the run: a summary. All that happened is in the journal.');

export type ExperimentStatus = z.output<typeof statusSchema>;
export type StatusCondition = z.output<typeof condition>;
export type StatusFault = z.output<typeof fault>;
